// Real servers, stand-ins for ingest and the registry, and inference in this process or as a process of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MinioBlobStore } from '@earmark/blob-store';
import type { Message, ObjectRef } from '@earmark/contracts';
import { connectNats, RpcClient } from '@earmark/messaging';
import { parseConfig, startService, type RunningService } from '@earmark/service-runtime';
import { createLogger } from '@earmark/service-kit';
import { eventually, startServers } from '@earmark/testkit';
import { Client } from 'pg';
import { inferenceService } from '../../src/module.js';
import { inferenceEnv } from '../../src/config.js';
import { trainBurstDetector } from './detector.js';
import { StandInIngest } from './stand-in-ingest.js';
import { StandInRegistry } from './stand-in-registry.js';

const MAIN = fileURLToPath(new URL('../../main.js', import.meta.url));

export type InferenceWorld = Awaited<ReturnType<typeof buildWorld>>;

/** Servers, database, stand-ins and a stored detector; no inference yet. */
export async function buildWorld({ leaseMs = 15_000 }: { leaseMs?: number } = {}) {
  const [servers, model] = await Promise.all([startServers({ nats: true, postgres: true, s3: true }), trainBurstDetector()]);
  const databaseUrl = await servers.postgres.createDatabase('inference');
  const logger = createLogger({ service: 'spec', level: 'silent' });
  const connection = await connectNats({ servers: servers.nats.url, name: 'spec', logger });
  const { accessKey, secretKey, region, bucket } = servers.s3.account;
  const blobs = new MinioBlobStore({ endpoint: servers.s3.url, accessKey, secretKey, region, bucket, now: () => new Date() });
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const onnx: ObjectRef = {
    ...{ key: `${randomUUID()}/models/spec/1/model.onnx`, sizeBytes: model.length },
    sha256: createHash('sha256').update(model).digest('hex'),
  };
  await blobs.put(onnx.key, model, { contentType: 'application/octet-stream' });
  const env = {
    ...{ NATS_URL: servers.nats.urlOf('inference'), DATABASE_URL: databaseUrl, LOG_LEVEL: 'error', SHUTDOWN_GRACE_MS: '0' },
    ...{ EVENTS_MAX_BYTES: '67108864', JOBS_MAX_BYTES: '16777216', DEAD_MAX_BYTES: '16777216' },
    ...{ S3_ENDPOINT: servers.s3.url, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey, S3_REGION: region, S3_BUCKET: bucket },
    ...{ INFERENCE_WORKERS: '1', INFERENCE_LEASE_MS: String(leaseMs), INFERENCE_PURGE_EVERY_MS: '200' },
  };
  return {
    ...{ servers, blobs, database, env, onnx },
    client: new RpcClient({ connection, logger }),
    ingest: new StandInIngest(connection, blobs),
    registry: new StandInRegistry(connection),
    /** Payloads of the outbox under a subject that belong to a tenant, oldest first. */
    said: async (subject: string, tenantId: string) => {
      const text = `SELECT payload FROM outbox WHERE subject = $1 AND payload->>'tenantId' = $2 ORDER BY id`;
      return (await database.query<{ payload: Record<string, unknown> }>(text, [subject, tenantId])).rows.map(
        (row) => row.payload,
      );
    },
    /** Publishes a message as a sweep or another service would. */
    publish: async ({ subject, payload }: Message) => {
      connection.publish(subject, JSON.stringify(payload));
      await connection.flush();
    },
    keys: async (prefix: string) => {
      const found: string[] = [];
      for await (const { key } of blobs.list(prefix)) found.push(key);
      return found;
    },
    stop: async () => {
      await database.end();
      blobs.close();
      await connection.close();
      await servers.stop();
    },
  };
}

/** Inference in this process. */
export async function startInference({ env }: InferenceWorld): Promise<RunningService> {
  const config = parseConfig(inferenceEnv, env);
  return startService(inferenceService, config);
}

/** Inference as a process; resolves when it serves. */
export async function spawnInference({ env }: InferenceWorld): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...env, LOG_LEVEL: 'info', PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
  await eventually(() => log.includes('"msg":"ready"') || Promise.reject(new Error(log)), { timeoutMs: 30_000 });
  return child;
}

/** Ends a process with SIGKILL, as the kernel would. */
export async function killHard(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
