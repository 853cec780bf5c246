import { Problem, type ObjectRef } from '@earmark/contracts';
import type { Clock, IdSource } from '@earmark/service-kit';
import { requireKnownTypes } from '../domain/training-data.js';
import { createTrainingJob, type TrainingJob } from '../domain/training-job.js';
import { resolveSettings, type AskedSettings } from '../domain/training-settings.js';
import type { AnnotationSet, AnnotationSets, SetAddress, TrainingJobStore } from '../ports.js';
import { loadTrainingData, type DataPorts } from './load-training-data.js';

interface Ports extends DataPorts {
  readonly jobs: TrainingJobStore;
  readonly sets: AnnotationSets;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Of every training that begins from now on. */
  readonly minStepsPerEpoch: number;
}

/** Accepts a training when its data is good for it. */
export class CreateTrainingJob {
  constructor(private readonly ports: Ports) {}

  async execute(address: SetAddress, asked: AskedSettings): Promise<TrainingJob> {
    const { jobs, sets, clock, ids, minStepsPerEpoch } = this.ports;
    const set = await sets.find(address);
    requireKnownTypes(asked.artifactTypes, set.datasetArtifactTypes);
    const dataManifest = requirePublished(set);
    await loadTrainingData(this.ports, address, dataManifest, asked.artifactTypes);
    const parts = {
      ...address,
      annotationSetVersion: set.version,
      dataManifest,
      settings: resolveSettings(asked, minStepsPerEpoch),
    };
    const created = createTrainingJob(parts, { id: ids.next(), at: clock.now() });
    await jobs.save(created);
    return created.next;
  }
}

function requirePublished({ isPublished, manifest }: AnnotationSet): ObjectRef {
  if (isPublished && manifest !== null) return manifest;
  throw new Problem('annotation_set_not_published', 'Annotation set must be published');
}
