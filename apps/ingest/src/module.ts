import { MinioBlobStore, type BlobStore } from '@earmark/blob-store';
import { DEFAULT_FEATURE_SPEC } from '@earmark/learning';
import { RpcClient } from '@earmark/messaging';
import {
  CLOCK,
  IDS,
  LOGGER,
  OUTBOX,
  ServiceModule,
  SQL,
  UNIT_OF_WORK,
  type Sweep,
  type SweepTools,
} from '@earmark/service-runtime';
import { InferencePool } from '@earmark/onnx-runtime';
import { LeaseTable, type Clock, type IdSource, type Logger, type Outbox, type Sql } from '@earmark/service-kit';
import { Module, type Provider, type Type } from '@nestjs/common';
import { AudioRoutes } from './inbound/audio.routes.js';
import { AudioRpcs } from './inbound/audio.rpcs.js';
import { IngestEvents } from './inbound/dataset.events.js';
import { IngestLifecycle } from './inbound/audio.tasks.js';
import { ProcessAudioJob } from './inbound/audio.jobs.js';
import { BlobAudioObjects } from './outbound/blob-audio-objects.js';
import { createPrisma, type IngestUnitOfWork } from './outbound/client.js';
import { PoolFeatureCache } from './outbound/pool-feature-cache.js';
import { PrismaAudioFileStore } from './outbound/prisma-audio-file.js';
import { PrismaContentStore } from './outbound/prisma-content.js';
import { RpcDatasetDirectory } from './outbound/rpc-dataset.js';
import { SandboxAudioDecoder } from './outbound/sandbox-audio-decoder.js';
import { SandboxedDecoder } from './outbound/sandboxed-decoder.js';
import { makeWorkFolder, removeStaleWork } from './outbound/work-folder.js';
import type { IngestConfig } from './config.js';
import { processRequest } from './domain/audio-file.js';
import { CollectGarbage } from './use-cases/collect-garbage.js';
import { DeleteAudio, ForgetAudio, ReleaseAudio } from './use-cases/delete-audio.js';
import { ProcessAudio } from './use-cases/process-audio.js';
import { FindAudio, ListAudio, PresignOriginal, ReadAudio, ReadPeaks } from './use-cases/read-audio.js';
import { ConfirmUpload, ReserveUpload } from './use-cases/upload-audio.js';

const PORTS = Symbol('ingest ports');
type Ports = ReturnType<typeof connectPorts>;

const useCases = [
  ...[ReserveUpload, ConfirmUpload, ListAudio, ReadAudio, ReadPeaks, PresignOriginal, FindAudio],
  ...[DeleteAudio, ForgetAudio, ReleaseAudio, CollectGarbage, ProcessAudio],
] as const;

/** Files confirmed less long ago than this have their first message on the way. */
const SWEEP_AGE_MS = 5_000;
const SWEEP_ROWS = 1_000;
/** Features are quick beside decoding, which has processes of its own. */
const FEATURE_WORKERS = 1;

/** The ingest service over its configuration. */
export function ingestModule(config: IngestConfig): Type {
  const createClient = () => createPrisma(config.DATABASE_URL);

  @Module({
    imports: [ServiceModule.forRoot({ context: 'ingest', config, createPrisma: createClient, sweeps })],
    controllers: [AudioRoutes, AudioRpcs],
    providers: [
      { provide: InferencePool, useFactory: () => new InferencePool({ workers: FEATURE_WORKERS }) },
      ...[portsProvider(config), lifecycleProvider(config), ...useCases.map(useCaseProvider)],
      ...[IngestEvents, ProcessAudioJob],
    ],
  })
  class IngestModule {}
  return IngestModule;
}

function portsProvider(config: IngestConfig): Provider {
  return {
    provide: PORTS,
    inject: [UNIT_OF_WORK, SQL, OUTBOX, RpcClient, CLOCK, IDS, InferencePool],
    useFactory: (
      uow: IngestUnitOfWork,
      sql: Sql,
      outbox: Outbox,
      rpc: RpcClient,
      clock: Clock,
      ids: IdSource,
      pool: InferencePool,
    ) => {
      const workDir = makeWorkFolder(config.EARMARK_DATA_DIR);
      return connectPorts({ uow, sql, outbox, rpc, clock, ids, pool, blobs: connectBlobs(config, clock), workDir, config });
    },
  };
}

function connectPorts(parts: {
  uow: IngestUnitOfWork;
  sql: Sql;
  outbox: Outbox;
  rpc: RpcClient;
  clock: Clock;
  ids: IdSource;
  pool: InferencePool;
  blobs: BlobStore;
  workDir: string;
  config: IngestConfig;
}) {
  const { uow, sql, rpc, clock, ids, config, blobs, pool } = parts;
  const { workDir } = parts;
  const limits = { maxDurationMs: config.MAX_AUDIO_MS, memoryBytes: config.DECODER_MEMORY_BYTES };
  return {
    files: new PrismaAudioFileStore(parts),
    contents: new PrismaContentStore(parts),
    leases: new LeaseTable({ sql, table: 'audio_file' }),
    objects: new BlobAudioObjects({ blobs, workDir }),
    decoder: new SandboxAudioDecoder(new SandboxedDecoder({ workDir, limits })),
    features: new PoolFeatureCache({ blobs, pool, workDir, spec: DEFAULT_FEATURE_SPEC }),
    datasets: new RpcDatasetDirectory(rpc),
    transactions: uow,
    clock,
    ids,
    graceMs: config.DELETION_GRACE_MS,
    leaseMs: config.INGEST_LEASE_MS,
  };
}

function connectBlobs(config: IngestConfig, clock: Clock): BlobStore {
  return new MinioBlobStore({
    endpoint: config.S3_ENDPOINT,
    ...(config.S3_PUBLIC_ENDPOINT === undefined ? {} : { publicEndpoint: config.S3_PUBLIC_ENDPOINT }),
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

function lifecycleProvider(config: IngestConfig): Provider {
  return {
    provide: IngestLifecycle,
    inject: [CollectGarbage, InferencePool, SQL, LOGGER, CLOCK],
    useFactory: (collectGarbage: CollectGarbage, pool: InferencePool, sql: Sql, logger: Logger, clock: Clock) => {
      const tidy = (): Promise<void> => removeStaleWork(makeWorkFolder(config.EARMARK_DATA_DIR), clock.now());
      return new IngestLifecycle({ collectGarbage, tidy, pool, sql, logger, collectEveryMs: config.COLLECT_EVERY_MS });
    },
  };
}

/** Confirmed files that are not finished and in nobody's hands are announced again. */
function sweeps(tools: SweepTools): Sweep[] {
  const find = async () => (await tools.get<Ports>(PORTS).files.idle(SWEEP_AGE_MS, SWEEP_ROWS)).map(processRequest);
  return [{ name: 'audio files', find }];
}
