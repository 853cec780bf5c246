import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { FeatureSource } from '@earmark/learning';

/**
 * Features in a local file, little-endian float32 [frames, featureCount], read where they are needed: what is read again comes from the
 * system's page cache, so a training's memory does not grow with its audio. The file is open only while it is read.
 * @throws Error when the file is cut off within a frame, or is gone when it is read
 */
export function featuresInFile(path: string, featureCount: number): FeatureSource {
  const frameBytes = featureCount * Float32Array.BYTES_PER_ELEMENT;
  const frameCount = statSync(path).size / frameBytes;
  if (!Number.isInteger(frameCount)) throw new Error(`the features in ${path} are not whole frames`);
  return {
    frameCount,
    read: (startFrame, target) => {
      const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
      const start = startFrame * frameBytes;
      if (start < 0 || start + bytes.length > frameCount * frameBytes) throw new RangeError('these frames are not there');
      readFully(path, start, bytes);
    },
  };
}

function readFully(path: string, start: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r');
  try {
    for (let done = 0; done < bytes.length;) {
      const count = readSync(file, bytes, done, bytes.length - done, start + done);
      if (count === 0) throw new Error(`the features in ${path} are cut off`);
      done += count;
    }
  } finally {
    closeSync(file);
  }
}
