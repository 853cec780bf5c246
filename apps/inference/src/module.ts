import { availableParallelism } from 'node:os';
import { MinioBlobStore, type BlobStore } from '@earmark/blob-store';
import { RpcClient } from '@earmark/messaging';
import { CLOCK, IDS, OUTBOX, ServiceModule, SQL, UNIT_OF_WORK, type Sweep, type SweepTools } from '@earmark/service-runtime';
import { InferencePool } from '@earmark/onnx-runtime';
import { LeaseTable, type Clock, type IdSource, type Outbox, type Sql } from '@earmark/service-kit';
import { Module, type Provider, type Type } from '@nestjs/common';
import { AudioEvents } from './inbound/audio.events.js';
import { DetectFileJob } from './inbound/file.jobs.js';
import { InferenceFileRoutes } from './inbound/inference-file.routes.js';
import { InferenceJobRoutes } from './inbound/inference-job.routes.js';
import { PoolOwner } from './inbound/pool-owner.js';
import { BlobScoreStore } from './outbound/blob-scores.js';
import { createPrisma, type InferenceUnitOfWork } from './outbound/client.js';
import { PoolDetector } from './outbound/pool-detector.js';
import { PrismaFileStore } from './outbound/prisma-file.js';
import { PrismaJobStore } from './outbound/prisma-job.js';
import { RpcAudioDirectory } from './outbound/rpc-audio.js';
import { RpcModelDirectory } from './outbound/rpc-model.js';
import type { InferenceConfig } from './config.js';
import { detectRequest } from './domain/inference-file.js';
import { AddDatasetAudio, ConfirmInferenceFile, ReserveInferenceFile } from './use-cases/add-files.js';
import { CancelInferenceJob } from './use-cases/cancel-inference-job.js';
import { CreateInferenceJob } from './use-cases/create-inference-job.js';
import { DetectFile } from './use-cases/detect-file.js';
import { FollowAudio, ForgetTenant } from './use-cases/follow-audio.js';
import {
  ListInferenceFiles,
  ListInferenceJobs,
  PresignOriginal,
  ReadInferenceFile,
  ReadInferenceJob,
} from './use-cases/read-inference-job.js';
import { Rethreshold } from './use-cases/rethreshold.js';

const PORTS = Symbol('inference ports');
type Ports = ReturnType<typeof connectPorts>;

const useCases = [
  ...[CreateInferenceJob, ListInferenceJobs, ReadInferenceJob, CancelInferenceJob, Rethreshold],
  ...[ReserveInferenceFile, ConfirmInferenceFile, AddDatasetAudio, ListInferenceFiles, ReadInferenceFile, PresignOriginal],
  ...[FollowAudio, ForgetTenant, DetectFile],
] as const;

/** Rows younger than this have their first message on the way. */
const SWEEP_AGE_MS = 5_000;
const SWEEP_ROWS = 1_000;

/** The inference service over its configuration. */
export function inferenceModule(config: InferenceConfig): Type {
  const createClient = () => createPrisma(config.DATABASE_URL);

  @Module({
    imports: [ServiceModule.forRoot({ context: 'inference', config, createPrisma: createClient, sweeps })],
    controllers: [InferenceJobRoutes, InferenceFileRoutes],
    providers: [
      poolProvider(config),
      poolOwnerProvider,
      portsProvider(config),
      ...useCases.map(useCaseProvider),
      AudioEvents,
      DetectFileJob,
    ],
  })
  class InferenceModule {}
  return InferenceModule;
}

const poolSize = (config: InferenceConfig): number => config.INFERENCE_WORKERS ?? availableParallelism();

function poolProvider(config: InferenceConfig): Provider {
  return { provide: InferencePool, useFactory: () => new InferencePool({ workers: poolSize(config) }) };
}

const poolOwnerProvider: Provider = {
  provide: PoolOwner,
  inject: [InferencePool],
  useFactory: (pool: InferencePool) => new PoolOwner(pool),
};

function portsProvider(config: InferenceConfig): Provider {
  return {
    provide: PORTS,
    inject: [UNIT_OF_WORK, SQL, OUTBOX, RpcClient, CLOCK, IDS, InferencePool],
    useFactory: (
      uow: InferenceUnitOfWork,
      sql: Sql,
      outbox: Outbox,
      rpc: RpcClient,
      clock: Clock,
      ids: IdSource,
      pool: InferencePool,
    ) =>
      connectPorts({
        uow,
        sql,
        outbox,
        rpc,
        clock,
        ids,
        pool,
        blobs: connectBlobs(config, clock),
        concurrency: poolSize(config),
        leaseMs: config.INFERENCE_LEASE_MS,
      }),
  };
}

function connectPorts(parts: {
  uow: InferenceUnitOfWork;
  sql: Sql;
  outbox: Outbox;
  rpc: RpcClient;
  clock: Clock;
  ids: IdSource;
  blobs: BlobStore;
  pool: InferencePool;
  concurrency: number;
  leaseMs: number;
}) {
  const { uow, sql, rpc, clock, ids, blobs, leaseMs } = parts;
  const stores = { jobs: new PrismaJobStore(parts), files: new PrismaFileStore(parts), transactions: uow, clock };
  return {
    ...stores,
    ids,
    leaseMs,
    leases: new LeaseTable({ sql, table: 'inference_file' }),
    audio: new RpcAudioDirectory(rpc),
    models: new RpcModelDirectory(rpc),
    scores: new BlobScoreStore(blobs),
    detector: new PoolDetector(parts),
    follow: new FollowAudio(stores),
  };
}

function connectBlobs(config: InferenceConfig, clock: Clock): BlobStore {
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

/** Files that are confirmed, not done and in nobody's hands are announced again. */
function sweeps(tools: SweepTools): Sweep[] {
  const find = async () => (await tools.get<Ports>(PORTS).files.idle(SWEEP_AGE_MS, SWEEP_ROWS)).map(detectRequest);
  return [{ name: 'inference files', find }];
}
