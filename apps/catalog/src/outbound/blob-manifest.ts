import { blobKeys, type BlobStore } from '@earmark/blob-store';
import type { DatasetManifest, ObjectRef } from '@earmark/contracts';
import { canonicalJson } from '@earmark/service-kit';
import { createHash } from 'node:crypto';
import type { ManifestStore } from '../ports.js';

const BLOCK = 500;

/** Manifests as objects named by the SHA-256 of their canonical JSON. */
export class BlobManifestStore implements ManifestStore {
  constructor(private readonly blobs: BlobStore) {}

  async put(manifest: DatasetManifest): Promise<ObjectRef> {
    const bytes = Buffer.from(canonicalJson(manifest), 'utf8');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const key = blobKeys.manifest(manifest.tenantId, sha256);
    // Written even when it is there: that makes it young again for the collector of orphans.
    await this.blobs.put(key, bytes, { contentType: 'application/json', sizeBytes: bytes.length });
    return { key, sha256, sizeBytes: bytes.length };
  }

  remove(keys: readonly string[]): Promise<void> {
    return this.blobs.remove(keys);
  }

  async *listOlder(tenantId: string, writtenBefore: Date): AsyncIterable<readonly string[]> {
    let block: string[] = [];
    for await (const { key, modifiedAt } of this.blobs.list(blobKeys.manifestsPrefix(tenantId))) {
      if (modifiedAt < writtenBefore) block.push(key);
      if (block.length < BLOCK) continue;
      yield block;
      block = [];
    }
    if (block.length > 0) yield block;
  }
}
