import type { Clock, Logger } from '@earmark/service-kit';
import { dataHashOf } from '../domain/data-hash.js';
import { modelCard } from '../domain/model-card.js';
import { epochProgress, featureProgress, storedProgress } from '../domain/progress.js';
import type { ReadyFile } from '../domain/training-data.js';
import { beginJob, registerJob, type Json, type Machine, type TrainingJob } from '../domain/training-job.js';
import type {
  AnnotationSets,
  Artefacts,
  Checkpoints,
  Devices,
  FeatureCache,
  Hold,
  Learner,
  LearningFile,
  LearningResult,
  LocalFeatures,
  TrainingJobStore,
} from '../ports.js';
import { EpochRecorder } from './epoch-recorder.js';
import { loadTrainingData, type DataPorts } from './load-training-data.js';
import { ProgressReporter } from './progress-reporter.js';

interface Ports extends DataPorts {
  readonly jobs: TrainingJobStore;
  readonly sets: AnnotationSets;
  readonly devices: Devices;
  readonly features: FeatureCache;
  readonly learner: Learner;
  readonly checkpoints: Checkpoints;
  readonly artefacts: Artefacts;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Threads for trainings that begin on this machine. */
  readonly threads: number;
}

interface Learnt {
  readonly files: readonly ReadyFile[];
  readonly dataHash: string;
  readonly result: LearningResult;
}

/** Trains a job's detector from its data to stored artefacts; goes on from the last checkpoint of a worker that died. */
export class RunTraining {
  constructor(private readonly ports: Ports) {}

  /** The job, now registering. Throws lease_lost, problems of the data or the device, LearnerCrashed. */
  async execute(queued: TrainingJob, hold: Hold): Promise<TrainingJob> {
    const { jobs, sets, clock } = this.ports;
    await sets.find(queued);
    const begun = beginJob(queued, await this.#machine(queued), clock.now());
    await jobs.save(begun, hold.fence);
    const progress = new ProgressReporter({ jobs, logger: this.ports.logger }, queued.id, hold.fence);
    const learnt = await this.#learn(
      { ...begun.next, checkpoint: await this.#checkpoint(begun.next, queued, hold) },
      hold,
      progress,
    );
    hold.signal.throwIfAborted();
    await this.ports.sets.find(queued); // the dataset may be gone by now: then nothing of it is registered
    const registering = registerJob(begun.next, await this.#store(begun.next, learnt, hold), clock.now());
    await jobs.recordEpochs(queued.id, hold.fence, learnt.result.epochs, null);
    await jobs.save(registering, hold.fence);
    await progress.end(storedProgress);
    return registering.next;
  }

  /** The machine of the first claim, so that the result is the same; another only where its device, chosen automatically, is missing. */
  async #machine({ settings, device, threads }: TrainingJob): Promise<Machine> {
    const { devices } = this.ports;
    if (device !== null && threads !== null && (settings.device !== 'auto' || (await devices.has(device))))
      return { device, threads };
    return { device: await devices.choose(settings.device), threads: threads ?? this.ports.threads };
  }

  async #checkpoint(begun: TrainingJob, before: TrainingJob, { fence }: Hold): Promise<TrainingJob['checkpoint']> {
    if (before.device === null || before.device === begun.device) return begun.checkpoint;
    await this.ports.jobs.forgetEpochs(begun.id, fence);
    return null;
  }

  async #learn(job: TrainingJob, hold: Hold, progress: ProgressReporter): Promise<Learnt> {
    const { features, learner, checkpoints, jobs, logger } = this.ports;
    const { signal } = hold;
    const files = await loadTrainingData(this.ports, job, job.dataManifest);
    const onFeatures = (share: number): void => progress.report(featureProgress(share));
    const cached = await features.gather(job.tenantId, files, {
      ...{ signal, withAudio: job.settings.augment, onProgress: onFeatures },
    });
    const dataHash = dataHashOf(job.dataManifest.sha256, files);
    const recorder = new EpochRecorder({ jobs, checkpoints, logger }, job, hold.fence);
    const checkpoint = job.checkpoint && (await checkpoints.read(job.checkpoint));
    const about = { trainingJobId: job.id, device: job.device, threads: job.threads, files: files.length };
    if (checkpoint === null) logger.info(about, 'a training begins');
    else logger.info({ ...about, afterEpoch: job.checkpoint?.epoch }, 'a training goes on');
    const learning = learner.learn(
      {
        device: job.device ?? 'cpu',
        threads: job.threads ?? 1,
        settings: job.settings,
        files: learningFiles(files, cached),
        dataHash,
        checkpoint,
      },
      {
        signal,
        onProgress: (share) => progress.report(epochProgress(share)),
        onEpoch: (epoch, checkpoint) => recorder.record(epoch, checkpoint),
        onRestart: () => recorder.restart(),
      },
    );
    const result = await learning.finally(() => features.release(cached.values()));
    return { files, dataHash, result };
  }

  async #store(job: TrainingJob, { files, dataHash, result }: Learnt, { fence }: Hold) {
    const { manifest, metrics, bestEpoch } = result;
    const audioMs = files.reduce((sum, file) => sum + file.durationMs, 0);
    const epochs = result.epochs.length;
    const card = modelCard({ job, manifest, metrics, fileCount: files.length, audioMs, epochs, bestEpoch });
    const artifacts = await this.ports.artefacts.save(job, fence.epoch, { onnx: result.model, manifest, card });
    const lineage: Record<string, Json> = {
      data_hash: dataHash,
      manifest_sha256: job.dataManifest.sha256,
      seed: job.settings.seed,
      device: job.device,
      threads: job.threads,
      epochs,
      best_epoch: bestEpoch,
      split_by: result.splitBy,
      parity_max_abs_diff: result.parity,
      versions: { ...manifest.versions },
    };
    return { manifest, metrics, artifacts, lineage };
  }
}

function learningFiles(files: readonly ReadyFile[], cached: ReadonlyMap<string, LocalFeatures>): LearningFile[] {
  return files.flatMap(({ audioFileId, sha256, group, annotations }): LearningFile[] => {
    const features = cached.get(sha256);
    // Shorter than one frame: nothing to learn from.
    if (features === undefined || features.frameCount === 0) return [];
    return [
      {
        fileId: audioFileId,
        group,
        contentId: sha256,
        featurePath: features.path,
        audioPath: features.audioPath,
        events: annotations,
      },
    ];
  });
}
