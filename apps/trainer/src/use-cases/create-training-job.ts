import { holderKinds, Problem, type ObjectRef } from '@earmark/contracts';
import type { Clock, IdSource } from '@earmark/service-kit';
import { requireKnownTypes } from '../domain/training-data.js';
import { createTrainingJob, queueJob, type NewTrainingJob, type TrainingJob } from '../domain/training-job.js';
import { resolveSettings, type AskedSettings } from '../domain/training-settings.js';
import type { AnnotationSet, AnnotationSets, SetAddress, TrainingJobStore, Transactions } from '../ports.js';
import { checkTrainingData, type DataPorts } from './load-training-data.js';

interface Ports extends DataPorts {
  readonly jobs: TrainingJobStore;
  readonly sets: AnnotationSets;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Of every training that begins from now on. */
  readonly minStepsPerEpoch: number;
}

/** Accepts a training when its data is good for it, pins its annotation set and queues it. */
export class CreateTrainingJob {
  constructor(private readonly ports: Ports) {}

  /** The job as it was accepted: pending. When the answer arrives it is queued already. */
  async execute(address: SetAddress, asked: AskedSettings): Promise<TrainingJob> {
    const { sets, ids, minStepsPerEpoch } = this.ports;
    const set = await sets.find(address);
    requireKnownTypes(asked.artifactTypes, set.datasetArtifactTypes);
    const dataManifest = requirePublished(set);
    await checkTrainingData(this.ports, address, dataManifest, asked.artifactTypes);
    const settings = resolveSettings(asked, minStepsPerEpoch);
    const id = ids.next();
    const holder = { kind: holderKinds.trainingJob, id };
    await sets.pin(address, holder);
    try {
      return await this.#save({ ...address, annotationSetVersion: set.version, dataManifest, settings }, id);
    } catch (error) {
      await sets.unpin(address.tenantId, holder);
      throw error;
    }
  }

  #save(parts: NewTrainingJob, id: string): Promise<TrainingJob> {
    const { jobs, transactions, clock } = this.ports;
    const created = createTrainingJob(parts, { id, at: clock.now() });
    return transactions.transaction(async () => {
      await jobs.save(created);
      await jobs.save(queueJob(created.next, clock.now()));
      return created.next;
    });
  }
}

function requirePublished({ isPublished, manifest }: AnnotationSet): ObjectRef {
  if (isPublished && manifest !== null) return manifest;
  throw new Problem('annotation_set_not_published', 'Annotation set must be published');
}
