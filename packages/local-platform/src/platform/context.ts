import type { ManagedProcess } from '../processes/managed-process.js';
import type { Home } from './home.js';

/** Adds a detail to the line of progress that is shown now. */
export type Note = (text: string) => void;

/** What starting a server needs. */
export interface StartContext {
  readonly home: Home;
  /** Starts the process and keeps it running. */
  readonly supervise: (managed: ManagedProcess) => Promise<void>;
  readonly note: Note;
}
