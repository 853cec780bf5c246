import { type Identity, scopeOf } from './authenticate.js';
import { S3Error } from './s3-error.js';
import { sameSignature, signPolicy } from './signature.js';

/** Fields of an upload form by lower-case name. */
export type FormFields = ReadonlyMap<string, string>;

/** Length that a policy allows a file, in bytes; both ends belong to it. */
export interface LengthRange {
  readonly minBytes: number;
  readonly maxBytes: number;
}

const UNCHECKED = new Set(['policy', 'x-amz-signature', 'file', 'awsaccesskeyid', 'signature']);

/**
 * Verifies the signature, the expiry and every condition of a form upload; throws {@link S3Error} when one fails.
 *
 * `fields` holds `bucket` (from the path) and `key` with its file name filled in. Every field must be named by a condition.
 * Source: Amazon S3 API Reference, "POST Policy".
 */
export function checkPostPolicy(fields: FormFields, identity: Identity, nowMs: number): LengthRange {
  const policyBase64 = fields.get('policy');
  if (policyBase64 === undefined) throw new S3Error('AccessDenied', 'The form has no policy.');
  if (fields.get('x-amz-algorithm') !== 'AWS4-HMAC-SHA256') throw new S3Error('AccessDenied', 'Only AWS4-HMAC-SHA256 is known.');
  const expected = signPolicy(policyBase64, scopeOf(fields.get('x-amz-credential') ?? '', identity));
  if (!sameSignature(expected, fields.get('x-amz-signature') ?? '')) throw new S3Error('SignatureDoesNotMatch');
  const policy = parsePolicy(policyBase64);
  const expiresMs = Date.parse(policy.expiration);
  if (!(nowMs < expiresMs)) throw new S3Error('AccessDenied', 'Invalid according to Policy: Policy expired.');
  return checkConditions(policy.conditions, fields);
}

interface Policy {
  readonly expiration: string;
  readonly conditions: readonly unknown[];
}

function parsePolicy(base64: string): Policy {
  try {
    const { expiration, conditions } = JSON.parse(Buffer.from(base64, 'base64').toString('utf8')) as Partial<Policy>;
    if (typeof expiration === 'string' && Array.isArray(conditions)) return { expiration, conditions };
  } catch (error) {
    throw new S3Error('MalformedPOSTRequest', 'The policy is not JSON.', { cause: error });
  }
  throw new S3Error('MalformedPOSTRequest', 'The policy needs an expiration and conditions.');
}

function checkConditions(conditions: readonly unknown[], fields: FormFields): LengthRange {
  const named = new Set<string>(['bucket']);
  let range: LengthRange = { minBytes: 0, maxBytes: 5 * 1024 ** 3 };
  for (const condition of conditions.flatMap(spreadObject)) {
    const [operator, first, second] = condition;
    if (operator === 'content-length-range') {
      range = { minBytes: Number(first), maxBytes: Number(second) };
      continue;
    }
    const name = String(first).replace(/^\$/, '').toLowerCase();
    named.add(name);
    if (!holds(String(operator), fields.get(name) ?? '', String(second)))
      fail(`Policy Condition failed: ${JSON.stringify(condition)}`);
  }
  const extra = [...fields.keys()].find((name) => !named.has(name) && !UNCHECKED.has(name) && !name.startsWith('x-ignore-'));
  if (extra !== undefined) fail(`Extra input fields: ${extra}`);
  if (!named.has('key')) fail('the key is not limited');
  return range;
}

/** `{a: 1, b: 2}` says the same as `["eq", "$a", 1], ["eq", "$b", 2]`. */
function spreadObject(condition: unknown): unknown[][] {
  if (Array.isArray(condition)) return [condition as unknown[]];
  if (typeof condition !== 'object' || condition === null)
    throw new S3Error('MalformedPOSTRequest', 'A condition is no object or list.');
  return Object.entries(condition as Record<string, unknown>).map(([name, value]) => ['eq', `$${name}`, value]);
}

function holds(operator: string, actual: string, wanted: string): boolean {
  switch (operator.toLowerCase()) {
    case 'eq':
      return actual === wanted;
    case 'starts-with':
      return actual.startsWith(wanted);
    default:
      throw new S3Error('MalformedPOSTRequest', `Unknown condition ${operator}.`);
  }
}

function fail(why: string): never {
  throw new S3Error('AccessDenied', `Invalid according to Policy: ${why}`);
}
