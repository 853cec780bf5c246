import { createHash } from 'node:crypto';
import { blobKeys, unlessAbsent, type BlobStore } from '@earmark/blob-store';
import { DatasetManifest, Problem, type ObjectRef } from '@earmark/contracts';
import { canonicalJson } from '@earmark/service-kit';
import type { CheckpointRef, TrainingJob, TrainingOutcome } from '../domain/training-job.js';
import type { Artefacts, Checkpoints, DataManifests, ModelFiles } from '../ports.js';

const MAX_MANIFEST_BYTES = 512 * 1024 ** 2;
const MAX_CHECKPOINT_BYTES = 512 * 1024 ** 2;

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Manifests of published annotation sets. */
export class BlobDataManifests implements DataManifests {
  constructor(private readonly blobs: BlobStore) {}

  async read({ key, sha256 }: ObjectRef): Promise<DatasetManifest> {
    const bytes = await unlessAbsent(() => this.blobs.getBytes(key, MAX_MANIFEST_BYTES));
    if (bytes === null || sha256Of(bytes) !== sha256) {
      const detail = bytes === null ? 'is not in storage' : 'is damaged in storage';
      throw new Problem('training_failed', `The manifest of the annotation set ${detail}; publish the annotations again.`);
    }
    return DatasetManifest.parse(JSON.parse(bytes.toString('utf8')));
  }
}

/** Checkpoints, named by epoch and lease. */
export class BlobCheckpoints implements Checkpoints {
  constructor(private readonly blobs: BlobStore) {}

  async save({ tenantId, id }: TrainingJob, epoch: number, leaseEpoch: number, bytes: Uint8Array): Promise<CheckpointRef> {
    const key = blobKeys.checkpoint({ tenantId, jobId: id, epoch, leaseEpoch });
    const contentType = 'application/octet-stream';
    await this.blobs.put(key, bytes, { contentType, sizeBytes: bytes.length });
    return { key, epoch };
  }

  async read({ key }: CheckpointRef): Promise<Uint8Array | null> {
    const bytes = await unlessAbsent(() => this.blobs.getBytes(key, MAX_CHECKPOINT_BYTES));
    // Slices of a Buffer share its memory, those of a plain array do not: who decodes this relies on that.
    return bytes && new Uint8Array(bytes);
  }

  remove({ key }: CheckpointRef): Promise<void> {
    return this.blobs.remove([key]);
  }

  async removeAll({ tenantId, id }: Pick<TrainingJob, 'tenantId' | 'id'>): Promise<void> {
    await this.blobs.removePrefix(blobKeys.checkpointsPrefix(tenantId, id));
  }
}

/** The files of trained models, named by lease. */
export class BlobArtefacts implements Artefacts {
  constructor(private readonly blobs: BlobStore) {}

  async save(job: TrainingJob, leaseEpoch: number, { onnx, manifest, card }: ModelFiles): Promise<TrainingOutcome['artifacts']> {
    const put = async (name: string, bytes: Uint8Array, contentType: string): Promise<ObjectRef> => {
      const key = blobKeys.modelArtefact({ tenantId: job.tenantId, trainingJobId: job.id, leaseEpoch, name });
      await this.blobs.put(key, bytes, { contentType, sizeBytes: bytes.length });
      return { key, sha256: sha256Of(bytes), sizeBytes: bytes.length };
    };
    const text = (content: string): Uint8Array => Buffer.from(content, 'utf8');
    return {
      onnx: await put('model.onnx', onnx, 'application/octet-stream'),
      manifest: await put(
        'manifest.json',
        text(canonicalJson(manifest as unknown as Parameters<typeof canonicalJson>[0])),
        'application/json',
      ),
      card: await put('card.md', text(card), 'text/markdown; charset=utf-8'),
    };
  }

  async removeOthers(
    { tenantId, id }: Pick<TrainingJob, 'tenantId' | 'id'>,
    kept: TrainingOutcome['artifacts'] | null,
  ): Promise<void> {
    const keep = new Set(Object.values(kept ?? {}).map(({ key }) => key));
    const others: string[] = [];
    for await (const { key } of this.blobs.list(blobKeys.modelPrefix(tenantId, id))) if (!keep.has(key)) others.push(key);
    if (others.length > 0) await this.blobs.remove(others);
  }
}
