import path from 'node:path';
import { LeaseTable } from '@earmark/service-kit';
import { defineService, type ServiceParts } from '@earmark/service-runtime';
import { learningEnv, trainerEnv, type TrainerConfig } from './config.js';
import { TrainerEvents } from './inbound/training-job.events.js';
import { TrainerJobs } from './inbound/training-job.jobs.js';
import { TrainingJobRoutes } from './inbound/training-job.routes.js';
import { TrainingJobTasks } from './inbound/training-job.tasks.js';
import { BlobArtefacts, BlobCheckpoints, BlobDataManifests } from './outbound/blob-training-objects.js';
import { DiskFeatureCache } from './outbound/disk-feature-cache.js';
import { ForkedLearner } from './outbound/forked-learner.js';
import { PrismaTrainingJobStore } from './outbound/prisma-training-job.js';
import { ProbedDevices } from './outbound/probed-devices.js';
import { RpcAnnotationSets, RpcAudioDirectory, RpcModelRegistry } from './outbound/rpc-directories.js';
import { TrainingLeases } from './outbound/training-leases.js';
import { CancelTrainingJob, CancelTrainingsOfDataset, ForgetTenant } from './use-cases/cancel-training.js';
import { CreateTrainingJob } from './use-cases/create-training-job.js';
import { FindUnattended } from './use-cases/find-unattended.js';
import { ListTrainingJobs, ReadTrainingJob } from './use-cases/read-training-job.js';
import { ReconcilePins } from './use-cases/reconcile-pins.js';
import { RegisterModel } from './use-cases/register-model.js';
import { RunTraining } from './use-cases/run-training.js';
import { TidyUp } from './use-cases/tidy-up.js';
import { TrainModel } from './use-cases/train-model.js';
import { PrismaClient } from './outbound/prisma-client/client.js';

/** The trainer: training jobs, from admission to a registered model. */
export const trainerService = defineService({
  context: 'trainer',
  env: trainerEnv,
  prisma: PrismaClient,
  ports: connectPorts,
  useCases: [
    ...[CreateTrainingJob, ReadTrainingJob, ListTrainingJobs, CancelTrainingJob],
    ...[CancelTrainingsOfDataset, ForgetTenant, TrainModel, FindUnattended, TidyUp, ReconcilePins],
  ],
  inbound: [TrainingJobRoutes, TrainerEvents, TrainerJobs, TrainingJobTasks],
});

function connectPorts({ config, uow, sql, outbox, rpc, blobs, clock, ids, logger }: ServiceParts<TrainerConfig, PrismaClient>) {
  const env = learningEnv(config);
  const jobs = new PrismaTrainingJobStore({ uow, outbox });
  const folder = path.join(config.EARMARK_DATA_DIR, 'training-features');
  const table = new LeaseTable({ sql, table: 'training_job' });
  const ports = {
    ...{ jobs, transactions: uow, clock, ids, logger },
    sets: new RpcAnnotationSets(rpc),
    audio: new RpcAudioDirectory(rpc),
    registry: new RpcModelRegistry(rpc),
    manifests: new BlobDataManifests(blobs),
    checkpoints: new BlobCheckpoints(blobs),
    artefacts: new BlobArtefacts(blobs),
    features: new DiskFeatureCache({ blobs, folder, maxBytes: config.TRAINING_CACHE_BYTES, env, clock, ids }),
    learner: new ForkedLearner(env),
    devices: new ProbedDevices(config.TRAINING_DEVICE_ORDER),
    leases: new TrainingLeases({ table, jobs, logger, ttlMs: config.TRAINING_LEASE_MS }),
    threads: config.TRAINING_THREADS,
    minStepsPerEpoch: config.TRAINING_MIN_STEPS,
    tidyGraceMs: config.TIDY_GRACE_MS,
    deletionGraceMs: config.DELETION_GRACE_MS,
  };
  return { ...ports, runTraining: new RunTraining(ports), registerModel: new RegisterModel(ports) };
}
