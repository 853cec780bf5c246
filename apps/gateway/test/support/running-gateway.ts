// The gateway as it runs, over real servers; the services behind it are small answers that specs give.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MinioBlobStore } from '@earmark/blob-store';
import { connectNats, type answer } from '@earmark/messaging';
import { parseConfig, startService, type RunningService } from '@earmark/service-runtime';
import { startServers, type TestServers } from '@earmark/testkit';
import { Client } from 'pg';
import { gatewayService } from '../../src/module.js';
import { gatewayEnv } from '../../src/config.js';

type Connection = Parameters<typeof answer>[0];

export interface RunningGateway {
  readonly servers: TestServers<{ nats: true; postgres: true; s3: true }>;
  readonly service: RunningService;
  readonly url: string;
  readonly connection: Connection;
  readonly database: Client;
  readonly blobs: MinioBlobStore;
  /** Runs the operator's tool and answers what it printed with --json. */
  admin(...args: string[]): Promise<Record<string, string>>;
  /** A new organisation with its first key. */
  organisation(): Promise<{ tenantId: string; key: string }>;
  /** A second gateway over the same servers. */
  another(env?: NodeJS.ProcessEnv): Promise<RunningService>;
  stop(): Promise<void>;
}

const adminFile = fileURLToPath(new URL('../../admin.js', import.meta.url));
const run = promisify(execFile);

/** Starts servers and one gateway. */
export async function runGateway(env: NodeJS.ProcessEnv = {}): Promise<RunningGateway> {
  const servers = await startServers({ nats: true, postgres: true, s3: true });
  const databaseUrl = await servers.postgres.createDatabase('gateway');
  const service = await start(envOf(servers, databaseUrl, env));
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const { accessKey, secretKey, region, bucket } = servers.s3.account;
  const blobs = new MinioBlobStore({ endpoint: servers.s3.url, accessKey, secretKey, region, bucket, now: () => new Date() });
  const admin = async (...args: string[]): Promise<Record<string, string>> => {
    const { stdout } = await run(process.execPath, [adminFile, ...args, '--json'], { env: { DATABASE_URL: databaseUrl } });
    return JSON.parse(stdout) as Record<string, string>;
  };
  // The services behind the gateway are played by specs, which the gateway's own user may not do.
  const connection = await connectNats({ servers: servers.nats.url, name: 'spec' });
  const others: RunningService[] = [];
  return {
    servers,
    service,
    url: service.url,
    connection,
    database,
    blobs,
    admin,
    organisation: async () => {
      const { organisation_id: tenantId = '', api_key: key = '' } = await admin('org', 'create', `spec ${randomUUID()}`);
      return { tenantId, key };
    },
    another: async (other = {}) => {
      const second = await start(envOf(servers, databaseUrl, other));
      others.push(second);
      return second;
    },
    stop: async () => {
      await database.end();
      blobs.close();
      for (const other of others) await other.stop();
      await service.stop();
      await connection.close();
      await servers.stop();
    },
  };
}

function start(env: NodeJS.ProcessEnv): Promise<RunningService> {
  const config = parseConfig(gatewayEnv, env);
  return startService(gatewayService, config);
}

function envOf(servers: RunningGateway['servers'], databaseUrl: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { accessKey, secretKey, region, bucket } = servers.s3.account;
  return {
    NATS_URL: servers.nats.urlOf('gateway'),
    DATABASE_URL: databaseUrl,
    PORT: '0',
    LOG_LEVEL: 'fatal',
    EVENTS_MAX_BYTES: String(64 * 1024 ** 2),
    JOBS_MAX_BYTES: String(16 * 1024 ** 2),
    DEAD_MAX_BYTES: String(16 * 1024 ** 2),
    S3_ENDPOINT: servers.s3.url,
    S3_ACCESS_KEY: accessKey,
    S3_SECRET_KEY: secretKey,
    S3_REGION: region,
    S3_BUCKET: bucket,
    ...env,
  };
}
