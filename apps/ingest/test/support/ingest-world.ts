// Real servers, and ingest in this process or as a process of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MinioBlobStore } from '@earmark/blob-store';
import type { Message } from '@earmark/contracts';
import { connectNats, RpcClient } from '@earmark/messaging';
import { parseConfig, startService, type RunningService } from '@earmark/service-runtime';
import { createLogger } from '@earmark/service-kit';
import { eventually, startServers } from '@earmark/testkit';
import { Client } from 'pg';
import { ingestService } from '../../src/module.js';
import { ingestEnv } from '../../src/config.js';

const MAIN = fileURLToPath(new URL('../../main.js', import.meta.url));
/** The collector runs when a spec says so. */
const NEVER_MS = '86400000';

export type IngestWorld = Awaited<ReturnType<typeof buildWorld>>;

/** Servers, database and stand-ins; no ingest yet. Deleted things may go at once. */
export async function buildWorld({ leaseMs = 15_000 }: { leaseMs?: number } = {}) {
  const servers = await startServers({ nats: true, postgres: true, s3: true });
  const databaseUrl = await servers.postgres.createDatabase('ingest');
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'ingest-spec-'));
  const logger = createLogger({ service: 'spec', level: 'silent' });
  const connection = await connectNats({ servers: servers.nats.url, name: 'spec', logger });
  const { accessKey, secretKey, region, bucket } = servers.s3.account;
  const blobs = new MinioBlobStore({ endpoint: servers.s3.url, accessKey, secretKey, region, bucket, now: () => new Date() });
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const env = {
    ...{ NATS_URL: servers.nats.urlOf('ingest'), DATABASE_URL: databaseUrl, LOG_LEVEL: 'error', EARMARK_DATA_DIR: dataDir },
    ...{ EVENTS_MAX_BYTES: '67108864', JOBS_MAX_BYTES: '16777216', DEAD_MAX_BYTES: '16777216', SHUTDOWN_GRACE_MS: '0' },
    ...{ S3_ENDPOINT: servers.s3.url, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey, S3_REGION: region, S3_BUCKET: bucket },
    ...{ DELETION_GRACE_MS: '0', COLLECT_EVERY_MS: NEVER_MS, INGEST_LEASE_MS: String(leaseMs) },
  };
  return {
    ...{ servers, blobs, database, env },
    client: new RpcClient({ connection, logger }),
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
    /** Keys below a prefix, without the prefix. */
    keys: async (prefix: string) => {
      const found: string[] = [];
      for await (const { key } of blobs.list(prefix)) found.push(key.slice(prefix.length));
      return found;
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

/** Ingest in this process. */
export async function startIngest({ env }: IngestWorld): Promise<RunningService> {
  const config = parseConfig(ingestEnv, env);
  return startService(ingestService, config);
}

/** Ingest as a process; resolves when it serves. */
export async function spawnIngest({ env }: IngestWorld): Promise<ChildProcess> {
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
