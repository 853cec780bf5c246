import path from 'node:path';
import { MinioBlobStore, type BlobStore } from '@earmark/blob-store';
import { RpcClient } from '@earmark/messaging';
import { CLOCK, IDS, LOGGER, OUTBOX, ServiceModule, SQL, UNIT_OF_WORK } from '@earmark/service-runtime';
import { LeaseTable, type Clock, type IdSource, type Logger, type Outbox, type Sql } from '@earmark/service-kit';
import { Module, type Provider, type Type } from '@nestjs/common';
import { TidyTask } from './inbound/training-job.tasks.js';
import { TrainerEvents } from './inbound/training-job.events.js';
import { TrainerJobs } from './inbound/training-job.jobs.js';
import { TrainerRpcs } from './inbound/training-job.rpcs.js';
import { TrainingJobRoutes } from './inbound/training-job.routes.js';
import { BlobArtefacts, BlobCheckpoints, BlobDataManifests } from './outbound/blob-training-objects.js';
import { createPrisma, type TrainerUnitOfWork } from './outbound/client.js';
import { DiskFeatureCache } from './outbound/disk-feature-cache.js';
import { ForkedLearner } from './outbound/forked-learner.js';
import { PrismaTrainingJobStore } from './outbound/prisma-training-job.js';
import { ProbedDevices } from './outbound/probed-devices.js';
import { RpcAnnotationSets, RpcAudioDirectory, RpcModelRegistry } from './outbound/rpc-directories.js';
import { TrainingLeases } from './outbound/training-leases.js';
import { learningEnv, type TrainerConfig } from './config.js';
import { AdmitTraining } from './use-cases/admit-training.js';
import { CancelTrainingJob, CancelTrainingsOfDataset, ForgetTenant } from './use-cases/cancel-training.js';
import { CreateTrainingJob } from './use-cases/create-training-job.js';
import { FindUnattended } from './use-cases/find-unattended.js';
import { FindTrainingUse, ListTrainingJobs, ReadTrainingJob } from './use-cases/read-training-job.js';
import { RegisterModel } from './use-cases/register-model.js';
import { RunTraining } from './use-cases/run-training.js';
import { TidyUp } from './use-cases/tidy-up.js';
import { TrainModel } from './use-cases/train-model.js';

const PORTS = Symbol('trainer ports');
type Ports = ReturnType<typeof connectPorts>;

const useCases = [
  ...[CreateTrainingJob, ReadTrainingJob, ListTrainingJobs, CancelTrainingJob, FindTrainingUse],
  ...[CancelTrainingsOfDataset, ForgetTenant, AdmitTraining, FindUnattended, TidyUp],
] as const;

/** The trainer service over its configuration. */
export function trainerModule(config: TrainerConfig): Type {
  const createClient = () => createPrisma(config.DATABASE_URL);
  const shared = { ...config, JOB_CONCURRENCY: config.JOB_CONCURRENCY ?? config.TRAINING_CONCURRENCY };
  const sweep = (unattended: FindUnattended) => [{ name: 'unattended trainings', find: () => unattended.execute() }];

  @Module({
    imports: [
      ServiceModule.forRoot({
        context: 'trainer',
        config: shared,
        createPrisma: createClient,
        sweeps: (tools) => sweep(tools.get<FindUnattended>(FindUnattended)),
      }),
    ],
    controllers: [TrainingJobRoutes, TrainerRpcs],
    providers: [
      portsProvider(config),
      ...useCases.map(useCaseProvider),
      trainProvider,
      tidyProvider(config),
      TrainerJobs,
      TrainerEvents,
    ],
  })
  class TrainerModule {}
  return TrainerModule;
}

function portsProvider(config: TrainerConfig): Provider {
  return {
    provide: PORTS,
    inject: [UNIT_OF_WORK, OUTBOX, SQL, RpcClient, CLOCK, IDS, LOGGER],
    useFactory: (uow: TrainerUnitOfWork, outbox: Outbox, sql: Sql, rpc: RpcClient, clock: Clock, ids: IdSource, logger: Logger) =>
      connectPorts({ uow, outbox, sql, rpc, clock, ids, logger, config }),
  };
}

interface Parts {
  readonly uow: TrainerUnitOfWork;
  readonly outbox: Outbox;
  readonly sql: Sql;
  readonly rpc: RpcClient;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly config: TrainerConfig;
}

function connectPorts({ uow, outbox, sql, rpc, clock, ids, logger, config }: Parts) {
  const blobs = connectBlobs(config, clock);
  const env = learningEnv(config);
  const jobs = new PrismaTrainingJobStore({ uow, outbox });
  const folder = path.join(config.EARMARK_DATA_DIR, 'training-features');
  const table = new LeaseTable({ sql, table: 'training_job' });
  return {
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
}

function connectBlobs(config: TrainerConfig, clock: Clock): BlobStore {
  return new MinioBlobStore({
    endpoint: config.S3_ENDPOINT,
    accessKey: config.S3_ACCESS_KEY,
    secretKey: config.S3_SECRET_KEY,
    bucket: config.S3_BUCKET,
    region: config.S3_REGION,
    now: () => clock.now(),
  });
}

function useCaseProvider(UseCase: (typeof useCases)[number]): Provider {
  return { provide: UseCase, inject: [PORTS], useFactory: (ports: Ports) => new UseCase(ports) };
}

const trainProvider: Provider = {
  provide: TrainModel,
  inject: [PORTS],
  useFactory: (ports: Ports) =>
    new TrainModel({ ...ports, runTraining: new RunTraining(ports), registerModel: new RegisterModel(ports) }),
};

function tidyProvider(config: TrainerConfig): Provider {
  return {
    provide: TidyTask,
    inject: [TidyUp, SQL, LOGGER],
    useFactory: (tidyUp: TidyUp, sql: Sql, logger: Logger) =>
      new TidyTask({ tidyUp, sql, logger, everyMs: config.TIDY_EVERY_MS }),
  };
}
