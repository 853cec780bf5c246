import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { FeatureShelf, FeatureSource } from '@earmark/learning';

/** Features in one nameless file: however this process ends, the disk is free again. */
export class FeatureFileShelf implements FeatureShelf {
  readonly #file: number;
  readonly #featureCount: number;
  #sizeBytes = 0;

  /** @param folder on a disk with room */
  constructor(folder: string, featureCount: number) {
    const place = path.join(folder, `copies-${process.pid}.f32`);
    this.#file = openSync(place, 'w+');
    rmSync(place);
    this.#featureCount = featureCount;
  }

  put(features: Float32Array): FeatureSource {
    const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
    const offset = this.#sizeBytes;
    for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done, bytes.length - done, offset + done);
    this.#sizeBytes += bytes.length;
    const frameCount = features.length / this.#featureCount;
    return { frameCount, read: (startFrame, target) => this.#read(offset, bytes.length, startFrame, target) };
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(offset: number, sizeBytes: number, startFrame: number, target: Float32Array): void {
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    const start = startFrame * this.#featureCount * Float32Array.BYTES_PER_ELEMENT;
    if (start < 0 || start + bytes.length > sizeBytes) throw new RangeError('these frames are not there');
    for (let done = 0; done < bytes.length;) {
      const count = readSync(this.#file, bytes, done, bytes.length - done, offset + start + done);
      if (count === 0) throw new Error('the features of copies are cut off');
      done += count;
    }
  }
}
