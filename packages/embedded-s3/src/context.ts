import type { ObjectStore } from './object-store.js';

/** What the routes work with. */
export interface Context {
  readonly store: ObjectStore;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}
