import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Problem } from '@earmark/contracts';
import { freeBytesFor, requireRoom, trimFolder } from './cache-limit.js';

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

describe('room for features', () => {
  const hour = 3_600_000;
  const room = { bytesPerHour: 100 * 1024 ** 2, maxBytes: 5 * 1024 ** 3, freeBytes: 20 * 1024 ** 3 };

  it('takes what fits and refuses the rest with figures', () => {
    expect(() => requireRoom({ ...room, audioMs: 51 * hour })).not.toThrow();
    const refused = new Problem(
      'too_much_audio',
      "A training on 80.0 hours of audio needs 7.8 GiB of the trainer's disk for features; TRAINING_CACHE_BYTES allows 5.0 GiB, enough for 51.2 hours.",
    );
    expect(() => requireRoom({ ...room, audioMs: 80 * hour })).toThrow(refused);
    expect(() => requireRoom({ ...room, freeBytes: 1024 ** 3, audioMs: 11 * hour })).toThrow('its disk has 1.0 GiB');
  });

  it('counts what the folder holds already as room', async () => {
    const before = await freeBytesFor(folder);
    await writeFile(path.join(folder, 'a'), Buffer.alloc(1024));
    expect(before).toBeGreaterThan(0);
    expect(await freeBytesFor(folder)).toBeGreaterThan(0);
  });
});
