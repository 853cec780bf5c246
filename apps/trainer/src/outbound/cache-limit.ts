import { readdir, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '@earmark/contracts';

interface CachedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly usedAtMs: number;
}

/** Removes the least recently used files below a folder until at most `maxBytes` are left; files of `inUse` stay. */
export async function trimFolder(folder: string, maxBytes: number, inUse: Pick<ReadonlySet<string>, 'has'>): Promise<void> {
  const files = await filesBelow(folder);
  let sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  for (const file of files.sort((a, b) => a.usedAtMs - b.usedAtMs)) {
    if (sizeBytes <= maxBytes) return;
    if (inUse.has(file.path)) continue;
    await rm(file.path, { force: true });
    sizeBytes -= file.sizeBytes;
  }
}

async function filesBelow(folder: string): Promise<CachedFile[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files: CachedFile[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const place = path.join(entry.parentPath, entry.name);
    const found = await stat(place).catch(() => null); // another training may have removed or renamed it meanwhile
    if (found) files.push({ path: place, sizeBytes: found.size, usedAtMs: found.mtimeMs });
  }
  return files;
}

/** What a training's features need and what there is. */
export interface Room {
  readonly audioMs: number;
  readonly bytesPerHour: number;
  /** The limit of the folder by configuration. */
  readonly maxBytes: number;
  /** What the folder may grow to before the disk is full. */
  readonly freeBytes: number;
}

const HOUR_MS = 3_600_000;
const GIB = 1024 ** 3;

/** Throws too_much_audio, with figures, when the features need more than the configuration or the disk allows. */
export function requireRoom({ audioMs, bytesPerHour, maxBytes, freeBytes }: Room): void {
  const roomBytes = Math.min(maxBytes, freeBytes);
  const neededBytes = (audioMs / HOUR_MS) * bytesPerHour;
  if (neededBytes <= roomBytes) return;
  const [hours, most] = [audioMs / HOUR_MS, roomBytes / bytesPerHour].map((value) => value.toFixed(1));
  const limit = maxBytes <= freeBytes ? 'TRAINING_CACHE_BYTES allows' : 'its disk has';
  throw new Problem(
    'too_much_audio',
    `A training on ${hours} hours of audio needs ${(neededBytes / GIB).toFixed(1)} GiB of the trainer's disk for features; ` +
      `${limit} ${(roomBytes / GIB).toFixed(1)} GiB, enough for ${most} hours.`,
  );
}

/** Bytes that a folder's files may take in all: what they take now and what is free beside them. */
export async function freeBytesFor(folder: string): Promise<number> {
  const [{ bavail, bsize }, files] = await Promise.all([statfs(folder), filesBelow(folder)]);
  return bavail * bsize + files.reduce((sum, file) => sum + file.sizeBytes, 0);
}
