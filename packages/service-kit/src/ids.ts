import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { stringify, v7 } from 'uuid';

/** Where new identifiers come from. */
export interface IdSource {
  /** A new UUID; those of one source sort by their time of birth. */
  next(): string;
}

/** UUID version 7: sorts by time, so that new rows land together in an index. */
export const uuidV7Ids: IdSource = { next: () => v7() };

/** The UUID (version 8) that these parts always lead to: the first 122 bits of the SHA-256 of their JSON. */
export function derivedId(...parts: readonly (string | number)[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return stringify(bytes);
}

/** Names this process in leases and logs: `hostname-pid-random`, the last 8 characters of a new id. */
export function workerId(ids: IdSource = uuidV7Ids): string {
  return `${hostname()}-${process.pid}-${ids.next().slice(-8)}`;
}

/** `bytes` random bytes as lower-case hex. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
