// Small answers for the services that the trainer asks; specs put into them what they need.
import { randomUUID } from 'node:crypto';
import { Problem, type RpcRequest } from '@earmark/contracts';
import { findAnnotationSet, pinAnnotationSet, unpinAnnotationSets } from '@earmark/contracts/catalog/rpcs';
import { findAudioFiles } from '@earmark/contracts/ingest/rpcs';
import { registerModel } from '@earmark/contracts/model-registry/rpcs';
import { answer } from '@earmark/messaging';
import type { Corpus } from './corpus.js';

type Connection = Parameters<typeof answer>[0];
type Registration = RpcRequest<typeof registerModel>;

/** Catalog, ingest and registry over the corpora that a spec gives them. */
export class StandIns {
  readonly #corpora: Corpus[] = [];
  /** Sets that are not published. */
  readonly drafts = new Set<string>();
  /** Audio files that are not ready. */
  readonly unready = new Set<string>();
  /** Datasets that are deleted. */
  readonly deleted = new Set<string>();
  /** Pinned sets by training job. */
  readonly pins = new Map<string, string>();
  readonly registrations: Registration[] = [];
  readonly #models = new Map<string, string>();
  /** Awaited before a registration is answered. */
  beforeRegistering: () => Promise<void> = () => Promise.resolve();

  constructor(connection: Connection) {
    answer(connection, findAnnotationSet, ({ tenantId, datasetId, annotationSetId }) => {
      const found = this.#corpora.find((corpus) => corpus.tenantId === tenantId && corpus.datasetId === datasetId);
      if (!found || this.deleted.has(datasetId)) throw new Problem('dataset_not_found', 'There is no such dataset.');
      if (found.annotationSetId !== annotationSetId) throw new Problem('annotation_set_not_found', 'There is no such set.');
      const isDraft = this.drafts.has(annotationSetId);
      return {
        ...{ annotationSetId, version: 1, annotationsByType: {}, datasetArtifactTypes: found.artifactTypes },
        status: isDraft ? ('draft' as const) : ('published' as const),
        manifest: isDraft ? null : found.manifest,
      };
    });
    answer(connection, findAudioFiles, ({ tenantId, audioFileIds }) => ({
      files: this.#corpora
        .filter((corpus) => corpus.tenantId === tenantId)
        .flatMap(({ datasetId, files }) => files.map((file) => ({ datasetId, file })))
        .filter(({ file }) => audioFileIds.includes(file.audioFileId))
        .map(({ datasetId, file: { audioFileId, sha256, durationMs } }) => ({
          ...{ audioFileId, reference: { kind: 'dataset', id: datasetId }, sha256, durationMs, originalFilename: 'x.wav' },
          ...{ contentType: 'audio/wav', sizeBytes: 1, errorCode: null, errorMessage: null, sampleRateHz: 16_000, channels: 1 },
          ...{ warnings: [], speaker: null, source: null, script: null, createdAt: '2026-01-02T03:04:05.000Z' },
          status: this.unready.has(audioFileId) ? ('normalizing' as const) : ('ready' as const),
        })),
    }));
    answer(connection, pinAnnotationSet, ({ annotationSetId, holder }) => {
      this.pins.set(holder.id, annotationSetId);
      return {};
    });
    answer(connection, unpinAnnotationSets, ({ holder }) => ({ released: this.pins.delete(holder.id) ? 1 : 0 }));
    answer(connection, registerModel, async (request) => {
      await this.beforeRegistering();
      this.registrations.push(request);
      const modelId = this.#models.get(request.trainingJobId) ?? randomUUID();
      this.#models.set(request.trainingJobId, modelId);
      return { modelId };
    });
  }

  know(corpus: Corpus): Corpus {
    this.#corpora.push(corpus);
    return corpus;
  }
}
