// Reads the licence that a package states, and says whether we may ship it.

/** Licences under which a package may stand in one process with ours. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Python-2.0',
  'Unicode-3.0',
  'Unlicense',
  'Zlib',
]);

/** The SPDX expression of a manifest, older spellings (`licenses: [{ type }]`) included; undefined when it states none. */
export function licenceOf({ license, licenses }) {
  if (typeof license === 'string' && license !== '') return license;
  const stated = [license, ...(Array.isArray(licenses) ? licenses : [])].flatMap((entry) => entry?.type ?? []);
  return stated.length > 0 ? stated.join(' OR ') : undefined;
}

/** Whether an SPDX expression leaves us a choice of allowed licences only: of OR one side must be allowed, of AND both. */
export function isAllowed(expression) {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  const value = disjunction(tokens);
  return value && tokens.length === 0;
}

function disjunction(tokens) {
  let value = conjunction(tokens);
  while (tokens[0] === 'OR') {
    tokens.shift();
    const right = conjunction(tokens);
    value ||= right;
  }
  return value;
}

function conjunction(tokens) {
  let value = single(tokens);
  while (tokens[0] === 'AND') {
    tokens.shift();
    const right = single(tokens);
    value &&= right;
  }
  return value;
}

function single(tokens) {
  const token = tokens.shift();
  if (token !== '(') return ALLOWED.has(token);
  const value = disjunction(tokens);
  return tokens.shift() === ')' && value;
}
