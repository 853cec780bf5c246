const SEAL = 'seal';

/** A permission of the in-memory store as a URL; the seal notices when someone edits it. */
export function memoryUrl(key: string, query: Readonly<Record<string, string>>): string {
  const params = new URLSearchParams({ key, ...query });
  params.set(SEAL, sealOf(params.toString()));
  return `memory://blobs/?${params.toString()}`;
}

/** What a permission says, or null when it was edited. */
export function readMemoryUrl(url: string): URLSearchParams | null {
  const params = new URL(url).searchParams;
  const seal = params.get(SEAL);
  params.delete(SEAL);
  return seal === sealOf(params.toString()) ? params : null;
}

/** A plain checksum (FNV-1a): it stands for a signature in tests and protects nothing. */
function sealOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16);
}
