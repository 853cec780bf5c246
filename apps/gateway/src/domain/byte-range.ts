/** Bytes `[startByte, endByte)` of an object of known size. */
export interface ByteSpan {
  readonly startByte: number;
  readonly endByte: number;
}

const SINGLE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * The part a `Range` header asks for: null for the whole (no header, another unit, several ranges or nonsense are ignored, as RFC 9110
 * allows), `outside` when it begins behind the end.
 */
export function spanOf(header: string | undefined, sizeBytes: number): ByteSpan | null | 'outside' {
  const match = header === undefined ? null : SINGLE.exec(header.trim());
  if (match === null) return null;
  const [from, to] = [match[1] ?? '', match[2] ?? ''];
  if (from === '') return to === '' ? null : suffix(Number(to), sizeBytes);
  const startByte = Number(from);
  if (to !== '' && Number(to) < startByte) return null;
  if (startByte >= sizeBytes) return 'outside';
  return { startByte, endByte: to === '' ? sizeBytes : Math.min(sizeBytes, Number(to) + 1) };
}

function suffix(lengthBytes: number, sizeBytes: number): ByteSpan | 'outside' {
  if (lengthBytes === 0 || sizeBytes === 0) return 'outside';
  return { startByte: Math.max(0, sizeBytes - lengthBytes), endByte: sizeBytes };
}
