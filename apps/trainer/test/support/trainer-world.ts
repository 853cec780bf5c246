// Real servers, stand-ins for the other services, and the trainer in this process or as a process of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MinioBlobStore } from '@earmark/blob-store';
import { Problem, type CallContext, type Message } from '@earmark/contracts';
import * as routes from '@earmark/contracts/trainer/routes';
import { connectNats, RpcClient } from '@earmark/messaging';
import { parseConfig, startService, type RunningService } from '@earmark/service-runtime';
import { createLogger } from '@earmark/service-kit';
import { eventually, startServers } from '@earmark/testkit';
import { Client } from 'pg';
import { trainerService } from '../../src/module.js';
import { trainerEnv } from '../../src/config.js';
import type { Corpus } from './corpus.js';
import { StandIns } from './stand-ins.js';

const MAIN = fileURLToPath(new URL('../../main.js', import.meta.url));

export type TrainerWorld = Awaited<ReturnType<typeof buildWorld>>;

/** Servers, database and stand-ins; no trainer yet. `leaseMs` is how soon others take over from a dead worker. */
export async function buildWorld({ leaseMs = 60_000 } = {}) {
  const servers = await startServers({ nats: true, postgres: true, s3: true });
  const databaseUrl = await servers.postgres.createDatabase('trainer');
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'trainer-spec-'));
  const logger = createLogger({ service: 'spec', level: 'silent' });
  const connection = await connectNats({ servers: servers.nats.url, name: 'spec', logger });
  const { accessKey, secretKey, region, bucket } = servers.s3.account;
  const blobs = new MinioBlobStore({ endpoint: servers.s3.url, accessKey, secretKey, region, bucket, now: () => new Date() });
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const env = {
    ...{ NATS_URL: servers.nats.urlOf('trainer'), DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn', EARMARK_DATA_DIR: dataDir },
    ...{ EVENTS_MAX_BYTES: '67108864', JOBS_MAX_BYTES: '16777216', DEAD_MAX_BYTES: '16777216', SHUTDOWN_GRACE_MS: '0' },
    ...{ S3_ENDPOINT: servers.s3.url, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey, S3_REGION: region, S3_BUCKET: bucket },
    ...{ TRAINING_THREADS: '1', TRAINING_DEVICE_ORDER: 'cpu', TRAINING_MIN_STEPS: '8', TRAINING_LEASE_MS: String(leaseMs) },
    ...{ TIDY_EVERY_MS: '500', TIDY_GRACE_MS: '0' },
  };
  return {
    ...{ servers, dataDir, blobs, database, env },
    client: new RpcClient({ connection, logger }),
    standIns: new StandIns(connection),
    said: async (subject: string) => {
      const text = 'SELECT payload FROM outbox WHERE subject = $1 ORDER BY id';
      return (await database.query<{ payload: unknown }>(text, [subject])).rows.map(({ payload }) => payload);
    },
    /** Publishes a message as a sweep or another service would. */
    publish: async ({ subject, payload }: Message) => {
      connection.publish(subject, JSON.stringify(payload));
      await connection.flush();
    },
    stop: async () => {
      await database.end();
      blobs.close();
      await connection.close();
      await servers.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The trainer in this process. */
export async function startTrainer({ env }: TrainerWorld): Promise<RunningService> {
  const config = parseConfig(trainerEnv, env);
  return startService(trainerService, config);
}

export interface SpawnedTrainer {
  readonly process: ChildProcess;
  /** What it has logged so far. */
  log(): string;
}

/** The trainer as a process; resolves when it serves. */
export async function spawnTrainer({ env }: TrainerWorld): Promise<SpawnedTrainer> {
  const trainer = spawn(process.execPath, [MAIN], {
    env: { ...env, LOG_LEVEL: 'info', PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let log = '';
  trainer.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
  await eventually(() => log.includes('"msg":"ready"') || log, { timeoutMs: 30_000 });
  return { process: trainer, log: () => log };
}

/** Ends it with SIGKILL, as the kernel would, or with SIGTERM, as an operator. */
export async function end({ process: trainer }: SpawnedTrainer, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (trainer.exitCode !== null || trainer.signalCode !== null) return;
  const gone = once(trainer, 'exit');
  trainer.kill(signal);
  await gone;
}

/** Process ids of the learning processes below a process. */
export async function learningProcesses(parentPid: number | undefined = process.pid): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [stat, command] = await Promise.all([contentOf(`/proc/${pid}/stat`), contentOf(`/proc/${pid}/cmdline`)]);
      const parent = stat.slice(stat.lastIndexOf(')')).split(' ')[2];
      return parent === String(parentPid) && command.includes('learning/child.js') ? [pid] : [];
    }),
  );
  return found.flat();
}

/** Whether a process is there and not just waiting to be collected. */
export async function isAlive(pid: string): Promise<boolean> {
  return (await contentOf(`/proc/${pid}/cmdline`)) !== '';
}

/** Empty when the file is gone, as that of a process that ended. */
function contentOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/** What the gateway sends along with a call. */
export const contextOf = (tenantId: string): CallContext => ({
  ...{ tenantId, keyId: randomUUID(), scopes: ['train'], requestId: 'spec' },
  ...{ idempotencyKey: null, requestHash: null, ifMatch: null },
});

/** The problem that a call answers; fails when there is none. */
export function problemOf(call: Promise<unknown>): Promise<Problem> {
  return call.then(
    () => Promise.reject(new Error('The call was expected to be refused.')),
    (error: unknown) => (error instanceof Problem ? error : Promise.reject(error as Error)),
  );
}

/** Calls of the tenant of a corpus. */
export function asOwner({ client }: TrainerWorld, corpus: Corpus, tenantId: string = corpus.tenantId) {
  const context = contextOf(tenantId);
  const params = (id: string) => ({ training_job_id: id });
  return {
    context,
    create: async (config: Record<string, unknown> = {}) => {
      const body = {
        dataset_id: corpus.datasetId,
        annotation_set_id: corpus.annotationSetId,
        config: { artifact_types: corpus.artifactTypes, epochs: 2, batch_size: 8, ...config },
      };
      return (await client.call(routes.createTrainingJob, { context, body })).body;
    },
    read: async (id: string) => (await client.call(routes.readTrainingJob, { context, params: params(id) })).body,
    cancel: async (id: string) => (await client.call(routes.cancelTrainingJob, { context, params: params(id) })).body,
    list: async (query: object = {}) => (await client.call(routes.listTrainingJobs, { context, query })).body,
  };
}
