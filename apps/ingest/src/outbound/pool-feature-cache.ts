import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openCanonicalAudio, type SampleSource } from '@earmark/audio';
import { blobKeys, readRange, type BlobStore } from '@earmark/blob-store';
import { buildFeatureModel, featureBlocks, featureSpecHash, type FeatureSpec } from '@earmark/learning';
import { Problem } from '@earmark/contracts';
import { float32Data, float32Tensor, PoolFullError, WorkerCrashedError, type InferencePool } from '@earmark/onnx-runtime';
import type { ContentPlace, FeatureCache } from '../ports.js';

interface Parts {
  readonly blobs: BlobStore;
  readonly pool: InferencePool;
  readonly spec: FeatureSpec;
  readonly workDir: string;
}

/** Features computed in the pool's worker threads, block by block, stored as little-endian float32 [frames, features]. */
export class PoolFeatureCache implements FeatureCache {
  readonly #specHash: string;

  constructor(private readonly parts: Parts) {
    this.#specHash = featureSpecHash(parts.spec);
  }

  async ensure({ tenantId, sha256 }: ContentPlace, signal: AbortSignal): Promise<void> {
    const { blobs, workDir } = this.parts;
    const key = blobKeys.features(tenantId, sha256, this.#specHash);
    if (await blobs.stat(key)) return;
    const canonical = blobKeys.canonicalAudio(tenantId, sha256);
    const audio = await openCanonicalAudio(
      (start, end) => readRange(blobs, canonical, start, end),
      (await blobs.stat(canonical))?.sizeBytes ?? 0,
    );
    const folder = await mkdtemp(path.join(workDir, 'features-'));
    try {
      const file = path.join(folder, 'features.f32');
      // Gathered on disk first: storage wants to know the length, and a half-written object must never be seen.
      const sizeBytes = await this.#compute(audio, file, signal);
      await blobs.put(key, createReadStream(file), { contentType: 'application/octet-stream', sizeBytes });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #compute(audio: SampleSource, target: string, signal: AbortSignal): Promise<number> {
    const { pool, spec } = this.parts;
    const run = async (wave: Float32Array): Promise<Float32Array> => {
      const load = async (): Promise<Uint8Array> => buildFeatureModel(spec);
      const feeds = { wave: float32Tensor(wave, [1, wave.length]) };
      const outputs = await pool.run(this.#specHash, load, feeds, { signal }).catch((error: unknown) => {
        throw passing(error);
      });
      return float32Data(outputs, 'features');
    };
    let sizeBytes = 0;
    const blocks = async function* (): AsyncGenerator<Buffer> {
      for await (const { features } of featureBlocks(spec, run, audio)) {
        sizeBytes += features.byteLength;
        yield Buffer.from(features.buffer, features.byteOffset, features.byteLength);
      }
    };
    await pipeline(Readable.from(blocks(), { objectMode: false }), createWriteStream(target), { signal });
    return sizeBytes;
  }
}

/** A full pool or a dead worker passes by itself: worth another delivery. */
function passing(error: unknown): unknown {
  if (error instanceof PoolFullError || error instanceof WorkerCrashedError) {
    return new Problem('service_unavailable', 'The feature workers are busy or were restarted.', { cause: error });
  }
  return error;
}
