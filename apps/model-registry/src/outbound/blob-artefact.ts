import { blobKeys, type BlobStore } from '@earmark/blob-store';
import type { ArtefactStore, DoomedModel } from '../ports.js';

/** The files of models in object storage. */
export class BlobArtefactStore implements ArtefactStore {
  constructor(private readonly blobs: BlobStore) {}

  async removeModel({ tenantId, trainingJobId, artifactKeys }: DoomedModel): Promise<void> {
    await this.blobs.remove(artifactKeys);
    await this.blobs.removePrefix(blobKeys.modelPrefix(tenantId, trainingJobId));
  }

  async removeTenant(tenantId: string): Promise<void> {
    await this.blobs.removePrefix(blobKeys.modelsPrefix(tenantId));
  }
}
