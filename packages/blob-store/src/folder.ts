/** Answers the prefix when it names a folder; `a/b` would also match `a/bc`, so it is refused as a bug. */
export function checkFolder(prefix: string): string {
  if (prefix.length < 2 || !prefix.endsWith('/')) {
    throw new RangeError(`a folder ends with a slash: ${JSON.stringify(prefix)}`);
  }
  return prefix;
}
