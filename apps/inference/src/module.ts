import { availableParallelism } from 'node:os';
import { InferencePool } from '@earmark/onnx-runtime';
import { LeaseTable } from '@earmark/service-kit';
import { defineService, type ServiceParts } from '@earmark/service-runtime';
import { inferenceEnv, type InferenceConfig } from './config.js';
import { AudioEvents } from './inbound/audio.events.js';
import { DetectFileJob } from './inbound/file.jobs.js';
import { InferenceFileRoutes } from './inbound/inference-file.routes.js';
import { InferenceJobRoutes } from './inbound/inference-job.routes.js';
import { PurgeTasks } from './inbound/purge.tasks.js';
import { BlobScoreStore } from './outbound/blob-scores.js';
import { PoolDetector } from './outbound/pool-detector.js';
import { PrismaFileStore } from './outbound/prisma-file.js';
import { PrismaJobStore } from './outbound/prisma-job.js';
import { RpcAudioDirectory } from './outbound/rpc-audio.js';
import { RpcModelDirectory } from './outbound/rpc-model.js';
import { SqlPurgeStore } from './outbound/sql-purge.js';
import { AddDatasetAudio, ConfirmInferenceFile, ReserveInferenceFile } from './use-cases/add-files.js';
import { CancelInferenceJob } from './use-cases/cancel-inference-job.js';
import { CreateInferenceJob } from './use-cases/create-inference-job.js';
import { DeleteInferenceJob } from './use-cases/delete-inference-job.js';
import { DetectFile } from './use-cases/detect-file.js';
import { FollowAudio, ForgetTenant } from './use-cases/follow-audio.js';
import { ListDetections } from './use-cases/list-detections.js';
import { PurgeJobs } from './use-cases/purge-jobs.js';
import {
  ListInferenceFiles,
  ListInferenceJobs,
  PresignOriginal,
  ReadInferenceFile,
  ReadInferenceJob,
} from './use-cases/read-inference-job.js';
import { Rethreshold } from './use-cases/rethreshold.js';
import { FindIdleFiles } from './use-cases/find-idle-files.js';
import { FileTasks } from './inbound/file.tasks.js';
import { PrismaClient } from './outbound/prisma-client/client.js';

/** Inference: detection jobs, their files and detections. */
export const inferenceService = defineService({
  context: 'inference',
  env: inferenceEnv,
  prisma: PrismaClient,
  ports: connectPorts,
  useCases: [
    ...[CreateInferenceJob, ListInferenceJobs, ReadInferenceJob, CancelInferenceJob, Rethreshold],
    ...[ReserveInferenceFile, ConfirmInferenceFile, AddDatasetAudio, ListInferenceFiles, ReadInferenceFile, PresignOriginal],
    ...[FollowAudio, ForgetTenant, DetectFile, FindIdleFiles, ListDetections, DeleteInferenceJob, PurgeJobs],
  ],
  inbound: [InferenceJobRoutes, InferenceFileRoutes, AudioEvents, DetectFileJob, FileTasks, PurgeTasks],
});

function connectPorts({ config, uow, sql, outbox, rpc, blobs, clock, ids, onStop }: ServiceParts<InferenceConfig, PrismaClient>) {
  const concurrency = config.INFERENCE_WORKERS ?? availableParallelism();
  const pool = new InferencePool({ workers: concurrency });
  onStop(() => pool.close());
  const jobs = new PrismaJobStore({ uow, outbox });
  const files = new PrismaFileStore({ uow, outbox });
  const stores = { jobs, files, transactions: uow, clock };
  return {
    ...{ ...stores, ids, leaseMs: config.INFERENCE_LEASE_MS },
    leases: new LeaseTable({ sql, table: 'inference_file' }),
    audio: new RpcAudioDirectory(rpc),
    models: new RpcModelDirectory(rpc),
    scores: new BlobScoreStore(blobs),
    detector: new PoolDetector({ blobs, pool, concurrency }),
    follow: new FollowAudio(stores),
    cancelJob: new CancelInferenceJob(stores),
    ...{ purges: new SqlPurgeStore(sql), retentionDays: config.INFERENCE_RETENTION_DAYS },
  };
}
