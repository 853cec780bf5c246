import { DEFAULT_FEATURE_SPEC } from '@earmark/learning';
import { InferencePool } from '@earmark/onnx-runtime';
import { LeaseTable } from '@earmark/service-kit';
import { defineService, type ServiceParts } from '@earmark/service-runtime';
import { ingestEnv, type IngestConfig } from './config.js';
import { AudioRoutes } from './inbound/audio.routes.js';
import { AudioRpcs } from './inbound/audio.rpcs.js';
import { IngestEvents } from './inbound/dataset.events.js';
import { AudioTasks } from './inbound/audio.tasks.js';
import { ProcessAudioJob } from './inbound/audio.jobs.js';
import { BlobAudioObjects } from './outbound/blob-audio-objects.js';
import { PoolFeatureCache } from './outbound/pool-feature-cache.js';
import { PrismaAudioFileStore } from './outbound/prisma-audio-file.js';
import { PrismaContentStore } from './outbound/prisma-content.js';
import { RpcDatasetDirectory } from './outbound/rpc-dataset.js';
import { SandboxedDecoder } from './outbound/sandboxed-decoder.js';
import { makeWorkFolder, removeStaleWork } from './outbound/work-folder.js';
import { CollectGarbage } from './use-cases/collect-garbage.js';
import { DeleteAudio, ForgetAudio, ReleaseAudio } from './use-cases/delete-audio.js';
import { ProcessAudio } from './use-cases/process-audio.js';
import { FindAudio, ListAudio, PresignOriginal, ReadAudio, ReadPeaks } from './use-cases/read-audio.js';
import { ConfirmUpload, ReserveUpload } from './use-cases/upload-audio.js';
import { FindIdleAudio } from './use-cases/find-idle-audio.js';
import { PrismaClient } from './outbound/prisma-client/client.js';

/** Features are quick beside decoding, which has processes of its own. */
const FEATURE_WORKERS = 1;

/** Ingest: audio from upload to ready. */
export const ingestService = defineService({
  context: 'ingest',
  env: ingestEnv,
  prisma: PrismaClient,
  ports: connectPorts,
  useCases: [
    ...[ReserveUpload, ConfirmUpload, ListAudio, ReadAudio, ReadPeaks, PresignOriginal, FindAudio],
    ...[DeleteAudio, ForgetAudio, ReleaseAudio, CollectGarbage, ProcessAudio, FindIdleAudio],
  ],
  inbound: [AudioRoutes, AudioRpcs, IngestEvents, ProcessAudioJob, AudioTasks],
});

async function connectPorts({
  config,
  uow,
  sql,
  outbox,
  rpc,
  blobs,
  clock,
  ids,
  onStop,
}: ServiceParts<IngestConfig, PrismaClient>) {
  const workDir = makeWorkFolder(config.EARMARK_DATA_DIR);
  await removeStaleWork(workDir, clock.now());
  const pool = new InferencePool({ workers: FEATURE_WORKERS });
  onStop(() => pool.close());
  const limits = { maxDurationMs: config.MAX_AUDIO_MS, memoryBytes: config.DECODER_MEMORY_BYTES };
  return {
    files: new PrismaAudioFileStore({ uow, outbox }),
    contents: new PrismaContentStore({ uow }),
    leases: new LeaseTable({ sql, table: 'audio_file' }),
    objects: new BlobAudioObjects({ blobs, workDir }),
    decoder: new SandboxedDecoder({ workDir, limits }),
    features: new PoolFeatureCache({ blobs, pool, workDir, spec: DEFAULT_FEATURE_SPEC }),
    datasets: new RpcDatasetDirectory(rpc),
    ...{ transactions: uow, clock, ids, graceMs: config.DELETION_GRACE_MS, leaseMs: config.INGEST_LEASE_MS },
  };
}
