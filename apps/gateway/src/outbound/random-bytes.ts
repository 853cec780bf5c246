import { randomBytes as cryptoRandomBytes } from 'node:crypto';
import type { RandomBytes } from '../ports.js';

/** The machine's source of secrets. */
export const randomBytes: RandomBytes = (count) => cryptoRandomBytes(count);
