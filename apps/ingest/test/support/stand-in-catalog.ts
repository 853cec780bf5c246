import { Problem } from '@earmark/contracts';
import { findAudioUse, findDataset } from '@earmark/contracts/catalog/rpcs';
import { answer } from '@earmark/messaging';

/** Catalog with the datasets and published sets that a spec says it has. */
export class StandInCatalog {
  /** Datasets by id, with their tenants. */
  readonly datasets = new Map<string, string>();
  /** Versions of published sets that name a file. */
  readonly publishedUse = new Map<string, number[]>();

  constructor(connection: Parameters<typeof answer>[0]) {
    answer(connection, findDataset, ({ tenantId, datasetId }) => {
      if (this.datasets.get(datasetId) !== tenantId) throw new Problem('dataset_not_found', 'There is no such dataset.');
      return { datasetId, name: 'TTS', artifactTypes: ['glitch'] };
    });
    answer(connection, findAudioUse, ({ audioFileId }) => ({ publishedVersions: this.publishedUse.get(audioFileId) ?? [] }));
  }
}
