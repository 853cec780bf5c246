type Writable = null | boolean | number | string | readonly Writable[] | { readonly [key: string]: Writable };

/**
 * JSON with the keys of every object in ascending order of their UTF-16 code units and no white space, so that equal values have
 * equal bytes (RFC 8785).
 */
export function canonicalJson(value: Writable): string {
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  // Written by hand: an object would bring keys that look like numbers into another order.
  const members = Object.entries(value).sort(([a], [b]) => byCodeUnit(a, b));
  return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}

function isArray(value: Writable): value is readonly Writable[] {
  return Array.isArray(value);
}

/** Order of texts that no locale changes. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
