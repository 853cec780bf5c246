import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { trimFolder } from './cache-limit.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'cache-limit-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('removes the least recently used files that nobody uses, until the rest fits', async () => {
  await mkdir(path.join(folder, 'tenant'));
  for (const [age, name] of ['oldest-in-use', 'old', 'young', 'newest'].entries()) {
    const place = path.join(folder, 'tenant', name);
    await writeFile(place, Buffer.alloc(100));
    await utimes(place, age + 1, age + 1);
  }
  await trimFolder(folder, 250, new Set([path.join(folder, 'tenant', 'oldest-in-use')]));
  expect((await readdir(path.join(folder, 'tenant'))).sort()).toEqual(['newest', 'oldest-in-use']);
});
