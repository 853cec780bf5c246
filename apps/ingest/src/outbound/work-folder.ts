import { mkdirSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Longer than any file is worked on. */
const STALE_MS = 6 * 3_600_000;

/** Makes the folder in which files are spooled and decoded, and answers its path. */
export function makeWorkFolder(dataDir: string): string {
  const folder = path.join(dataDir, 'earmark-ingest');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Removes what killed processes left in the work folder. */
export async function removeStaleWork(folder: string, now: Date): Promise<void> {
  for (const name of await readdir(folder)) {
    const entry = path.join(folder, name);
    // Another process may be removing the same entry.
    const changedMs = (await stat(entry).catch(() => null))?.mtimeMs ?? Infinity;
    if (now.getTime() - changedMs > STALE_MS) await rm(entry, { recursive: true, force: true });
  }
}
