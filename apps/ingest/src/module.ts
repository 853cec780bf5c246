import { DEFAULT_FEATURE_SPEC } from '@earmark/learning';
import { InferencePool } from '@earmark/onnx-runtime';
import { LeaseTable } from '@earmark/service-kit';
import { defineService, type ServiceParts } from '@earmark/service-runtime';
import { ingestEnv, type IngestConfig } from './config.js';
import { AudioJobs } from './inbound/audio.jobs.js';
import { AudioRpcs } from './inbound/audio.rpcs.js';
import { AudioTasks } from './inbound/audio.tasks.js';
import { PinRpcs } from './inbound/pin.rpcs.js';
import { ReferenceEvents } from './inbound/reference.events.js';
import { UploadRpcs } from './inbound/upload.rpcs.js';
import { BlobAudioObjects } from './outbound/blob-audio-objects.js';
import { PoolFeatureCache } from './outbound/pool-feature-cache.js';
import { PrismaAudioFileStore } from './outbound/prisma-audio-file.js';
import { PrismaContentStore } from './outbound/prisma-content.js';
import { PrismaPinStore } from './outbound/prisma-pin.js';
import { PrismaReferenceStore } from './outbound/prisma-reference.js';
import { SandboxedDecoder } from './outbound/sandboxed-decoder.js';
import { makeWorkFolder, removeStaleWork } from './outbound/work-folder.js';
import { ChangeLabels } from './use-cases/change-labels.js';
import { CollectGarbage } from './use-cases/collect-garbage.js';
import { ConfirmAudio } from './use-cases/confirm-audio.js';
import { DeleteReleased } from './use-cases/delete-released.js';
import { FindAudio } from './use-cases/find-audio.js';
import { FindIdleAudio } from './use-cases/find-idle-audio.js';
import { FindPeaks } from './use-cases/find-peaks.js';
import { FindUnemptied } from './use-cases/find-unemptied.js';
import { IssueTickets } from './use-cases/issue-tickets.js';
import { ListHolders } from './use-cases/list-holders.js';
import { PinAudio } from './use-cases/pin-audio.js';
import { PresignOriginal } from './use-cases/presign-original.js';
import { ProcessAudio } from './use-cases/process-audio.js';
import { ReleaseAudio } from './use-cases/release-audio.js';
import { ReleaseReference } from './use-cases/release-reference.js';
import { RemoveOrphanUploads } from './use-cases/remove-orphan-uploads.js';
import { ReserveAudio } from './use-cases/reserve-audio.js';
import { UnpinAudio } from './use-cases/unpin-audio.js';
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
    ...[ReserveAudio, IssueTickets, ConfirmAudio, ProcessAudio, FindAudio, FindPeaks, ChangeLabels, PresignOriginal],
    ...[PinAudio, UnpinAudio, ListHolders, ReleaseAudio, ReleaseReference, DeleteReleased],
    ...[CollectGarbage, RemoveOrphanUploads, FindIdleAudio, FindUnemptied],
  ],
  inbound: [AudioRpcs, UploadRpcs, PinRpcs, ReferenceEvents, AudioJobs, AudioTasks],
});

async function connectPorts(parts: ServiceParts<IngestConfig, PrismaClient>) {
  const { config, uow, sql, outbox, blobs, clock, ids } = parts;
  const workDir = makeWorkFolder(config.EARMARK_DATA_DIR);
  await removeStaleWork(workDir, clock.now());
  const pool = new InferencePool({ workers: FEATURE_WORKERS });
  parts.onStop(() => pool.close());
  const limits = { maxDurationMs: config.MAX_AUDIO_MS, memoryBytes: config.DECODER_MEMORY_BYTES };
  return {
    files: new PrismaAudioFileStore({ uow, outbox }),
    contents: new PrismaContentStore({ uow }),
    leases: new LeaseTable({ sql, table: 'audio_file' }),
    objects: new BlobAudioObjects({ blobs, workDir }),
    decoder: new SandboxedDecoder({ workDir, limits }),
    features: new PoolFeatureCache({ blobs, pool, workDir, spec: DEFAULT_FEATURE_SPEC }),
    pins: new PrismaPinStore({ uow }),
    references: new PrismaReferenceStore({ uow, outbox }),
    ...{ transactions: uow, clock, ids, graceMs: config.DELETION_GRACE_MS, leaseMs: config.INGEST_LEASE_MS },
  };
}
