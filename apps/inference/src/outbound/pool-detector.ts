import { openCanonicalAudio } from '@earmark/audio';
import { blobKeys, readRange, unlessAbsent, type BlobStore } from '@earmark/blob-store';
import { Problem, type ObjectRef } from '@earmark/contracts';
import { detectionsFrom, readDetectorManifest, scoreFile, type DetectorManifest } from '@earmark/learning';
import { InferenceFailedError, PoolFullError, WorkerCrashedError, type InferencePool } from '@earmark/onnx-runtime';
import type { DetectionConfig } from '../domain/detection-config.js';
import type { StoredDetection } from '../domain/inference-file.js';
import type { Scores } from '../domain/score-codec.js';
import type { Detector } from '../ports.js';

const MAX_MODEL_BYTES = 512 * 1024 ** 2;
const MANIFESTS_KEPT = 64;

interface Parts {
  readonly blobs: BlobStore;
  readonly pool: InferencePool;
  /** Blocks of one file under way at once: as many as the pool has workers. */
  readonly concurrency: number;
}

/** Runs detectors in the pool's worker threads, block by block. */
export class PoolDetector implements Detector {
  /** What was read out of models, by their hash. */
  readonly #manifests = new Map<string, Promise<DetectorManifest>>();

  constructor(private readonly parts: Parts) {}

  async score(model: ObjectRef, content: { tenantId: string; sha256: string }, signal: AbortSignal): Promise<Scores> {
    const { blobs, pool, concurrency } = this.parts;
    const manifest = await this.#manifest(model);
    const key = blobKeys.canonicalAudio(content.tenantId, content.sha256);
    const stored = await blobs.stat(key);
    if (!stored) throw new Problem('audio_file_not_found', 'The audio was deleted before it was searched.');
    const audio = await openCanonicalAudio((start, end) => readRange(blobs, key, start, end), stored.sizeBytes);
    const run = (feeds: Parameters<InferencePool['run']>[2]) =>
      pool.run(model.sha256, () => this.#bytes(model), feeds, { signal });
    const scores = await scoreFile(manifest, run, audio, { signal, concurrency }).catch((error: unknown) => {
      throw meaningOf(error);
    });
    return { ...scores, typeCount: manifest.artifactTypes.length };
  }

  async detect(model: ObjectRef, scores: Scores, durationMs: number, config: DetectionConfig): Promise<StoredDetection[]> {
    const manifest = await this.#manifest(model);
    return detectionsFrom(manifest, scores, durationMs, config).map(({ artifactType, startMs, endMs, confidence }) => ({
      artifactType,
      startMs: Math.round(startMs),
      endMs: Math.round(endMs),
      confidence,
    }));
  }

  async #manifest(model: ObjectRef): Promise<DetectorManifest> {
    const known = this.#manifests.get(model.sha256);
    if (known) return known;
    const reading = this.#bytes(model).then(readDetectorManifest);
    this.#manifests.set(model.sha256, reading);
    reading.catch(() => this.#manifests.delete(model.sha256));
    const oldest = this.#manifests.keys().next();
    if (this.#manifests.size > MANIFESTS_KEPT && !oldest.done) this.#manifests.delete(oldest.value);
    return reading;
  }

  async #bytes(model: ObjectRef): Promise<Buffer> {
    const bytes = await unlessAbsent(() => this.parts.blobs.getBytes(model.key, MAX_MODEL_BYTES));
    if (bytes === null) throw new Problem('model_archived', 'The model was archived and removed before the file was searched.');
    return bytes;
  }
}

/** A full pool or a dead worker passes by itself: worth another delivery. A model that fails on an input fails again. */
function meaningOf(error: unknown): unknown {
  if (error instanceof InferenceFailedError) {
    return new Problem('internal', 'The model could not be run on this audio.', { cause: error });
  }
  if (error instanceof PoolFullError || error instanceof WorkerCrashedError) {
    return new Problem('service_unavailable', 'The detector is busy or was restarted.', { cause: error });
  }
  return error;
}
