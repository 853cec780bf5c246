import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { FeatureFileShelf } from './feature-file-shelf.js';

it('keeps features apart in a file that nobody has to remove', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'shelf-'));
  const shelf = new FeatureFileShelf(folder, 2);
  const [first, second] = [shelf.put(Float32Array.of(1, 2, 3, 4)), shelf.put(Float32Array.of(5, 6, 7, 8, 9, 10))];
  expect(await readdir(folder)).toEqual([]);
  const target = new Float32Array(4);
  second.read(1, target);
  expect([...target]).toEqual([7, 8, 9, 10]);
  first.read(0, target);
  expect([...target]).toEqual([1, 2, 3, 4]);
  expect([first.frameCount, second.frameCount]).toEqual([2, 3]);
  expect(() => first.read(1, target)).toThrow('not there');
  shelf.close();
  await rm(folder, { recursive: true });
});
