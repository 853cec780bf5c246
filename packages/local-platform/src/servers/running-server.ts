import type { ManagedProcess } from '../processes/managed-process.js';

/** A server process together with the address by which clients reach it. */
export interface LocalServer {
  readonly managed: ManagedProcess;
  readonly url: string;
  readonly port: number;
}
