import type { AnnotationStore, DatasetStore, Transactions } from '../ports.js';

/** Removes what drafts say about an audio file that was deleted; published manifests cannot name one. */
export class ForgetAudio {
  constructor(private readonly ports: { datasets: DatasetStore; annotations: AnnotationStore; transactions: Transactions }) {}

  async execute(tenantId: string, datasetId: string, audioFileId: string): Promise<void> {
    const { datasets, annotations, transactions } = this.ports;
    await transactions.transaction(async () => {
      if (!(await datasets.lock(tenantId, datasetId, 'share'))) return;
      await annotations.removeFileFromDrafts(tenantId, datasetId, audioFileId);
    });
  }
}
