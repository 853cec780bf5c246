import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { featuresInFile } from './features-in-file.js';

const FEATURES = 3;
let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'features-'));
  file = path.join(folder, 'a.f32');
  await writeFile(
    file,
    Float32Array.from({ length: 10 * FEATURES }, (_, i) => i),
  );
});
afterAll(() => rm(folder, { recursive: true }));

describe('features in a file', () => {
  it('are read where they are asked for', () => {
    const features = featuresInFile(file, FEATURES);
    const target = new Float32Array(2 * FEATURES);
    features.read(4, target);
    expect(features.frameCount).toBe(10);
    expect([...target]).toEqual([12, 13, 14, 15, 16, 17]);
    features.read(8, target);
    expect([...target]).toEqual([24, 25, 26, 27, 28, 29]);
  });

  it('are refused beyond the end, in broken frames and when cut off meanwhile', async () => {
    const features = featuresInFile(file, FEATURES);
    expect(() => features.read(9, new Float32Array(2 * FEATURES))).toThrow('not there');
    expect(() => featuresInFile(file, 4)).toThrow('whole frames');
    await truncate(file, 60);
    expect(() => features.read(5, new Float32Array(FEATURES))).toThrow('cut off');
  });
});
