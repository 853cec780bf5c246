import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

interface CachedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly usedAtMs: number;
}

/** Removes the least recently used files below a folder until at most `maxBytes` are left; files of `inUse` stay. */
export async function trimFolder(folder: string, maxBytes: number, inUse: ReadonlySet<string>): Promise<void> {
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
    const { size, mtimeMs } = await stat(place);
    files.push({ path: place, sizeBytes: size, usedAtMs: mtimeMs });
  }
  return files;
}
