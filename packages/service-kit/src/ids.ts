import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { v7 } from 'uuid';

/** Where new identifiers come from. */
export interface IdSource {
  /** A new UUID; those of one source sort by their time of birth. */
  next(): string;
}

/** UUID version 7: sorts by time, so that new rows land together in an index. */
export const uuidV7Ids: IdSource = { next: () => v7() };

/** Names this process in leases and logs: `hostname-pid-random`, the last 8 characters of a new id. */
export function workerId(ids: IdSource = uuidV7Ids): string {
  return `${hostname()}-${process.pid}-${ids.next().slice(-8)}`;
}

/** `bytes` random bytes as lower-case hex. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
