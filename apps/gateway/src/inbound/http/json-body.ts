import { isUtf8 } from 'node:buffer';
import { Problem, type FieldError } from '@earmark/contracts';

/** Deeper nesting than any contract has; parsers and encoders behind us may recurse. */
const MAX_DEPTH = 64;

const decoder = new TextDecoder('utf-8');

/**
 * The JSON value of a body. Problems: `malformed_request` for bytes that are no UTF-8, text that is no JSON, nesting deeper than 64 or a
 * key `__proto__`; `validation_failed` for text that PostgreSQL cannot store (NUL, halves of surrogate pairs).
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  const value = parsed(bytes);
  const errors: FieldError[] = [];
  inspect(value, ['body'], errors);
  if (errors.length > 0) throw unstorable(errors);
  return value;
}

/** The same check for values of a query. */
export function requireStorable(values: Readonly<Record<string, string>>, place: string): void {
  const errors: FieldError[] = [];
  inspect(values, [place], errors);
  if (errors.length > 0) throw unstorable(errors);
}

function parsed(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw malformed('The body is not valid UTF-8.');
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (error) {
    throw new Problem('malformed_request', 'The body is not valid JSON.', { cause: error });
  }
}

function inspect(value: unknown, loc: (string | number)[], errors: FieldError[]): void {
  if (typeof value === 'string') return inspectText(value, loc, errors);
  if (typeof value !== 'object' || value === null) return;
  if (loc.length > MAX_DEPTH) throw malformed(`The body is nested deeper than ${MAX_DEPTH} levels.`);
  if (Array.isArray(value)) return value.forEach((item, index) => within(item, index, loc, errors));
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') throw malformed('The request has a key "__proto__".');
    inspectText(key, loc, errors);
    within(item, key, loc, errors);
  }
}

// One array is the place of the walk: pushing and popping spares an array for each of thousands of values.
function within(value: unknown, key: string | number, loc: (string | number)[], errors: FieldError[]): void {
  loc.push(key);
  inspect(value, loc, errors);
  loc.pop();
}

function inspectText(text: string, loc: readonly (string | number)[], errors: FieldError[]): void {
  if (text.includes('\u0000')) errors.push({ loc: [...loc], msg: 'must not contain NUL characters', type: 'unstorable_text' });
  else if (/\p{Surrogate}/u.test(text))
    errors.push({ loc: [...loc], msg: 'must be well-formed Unicode', type: 'unstorable_text' });
}

const malformed = (detail: string): Problem => new Problem('malformed_request', detail);

function unstorable(errors: readonly FieldError[]): Problem {
  return new Problem('validation_failed', 'Some text has characters that cannot be stored (NUL or half a surrogate pair).', {
    errors,
  });
}
