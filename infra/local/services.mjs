// The platform's own services: which there are, the environment each gets, and when one is ready.
import fs from 'node:fs';
import path from 'node:path';
import { keptPort } from './backing-servers.mjs';
import { ManagedProcess } from './servers/managed-process.mjs';
import { LOOPBACK } from './servers/ports.mjs';

const READY_PATH = '/health/ready';
const READY_TIMEOUT_MS = 60_000;

/** Every app that is a process: the folders of apps/ with a main.ts, sorted. */
export function serviceNames(repositoryDir) {
  const isService = (name) => fs.existsSync(path.join(repositoryDir, 'apps', name, 'src/main.ts'));
  return fs.readdirSync(path.join(repositoryDir, 'apps')).filter(isService).sort(); // prettier-ignore
}

/** The environment of one service, by the names that every service's config reads. */
export function serviceEnv({ home, name, port, natsUrl, databaseUrl, objectStore }) {
  return {
    ...process.env,
    NATS_URL: natsUrl,
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    S3_ENDPOINT: objectStore.url,
    S3_PUBLIC_ENDPOINT: objectStore.publicUrl,
    S3_ACCESS_KEY: objectStore.accessKey,
    S3_SECRET_KEY: objectStore.secretKey,
    S3_BUCKET: objectStore.bucket,
    S3_REGION: objectStore.region,
    HOST: LOOPBACK,
    PORT: String(port),
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
    EARMARK_DATA_DIR: path.join(home.scratch, name),
  };
}

/** The service as a ManagedProcess with `url` and `port`; `gatewayPort` is the gateway's, the others keep one of their own. */
export async function service({ home, repositoryDir, name, gatewayPort, natsUrl, databaseUrl, objectStore }) {
  const port = name === 'gateway' ? gatewayPort : await keptPort(home, name);
  const url = `http://${LOOPBACK}:${port}`;
  fs.mkdirSync(path.join(home.scratch, name), { recursive: true, mode: 0o700 });
  const managed = new ManagedProcess({
    name,
    command: process.execPath,
    args: ['--enable-source-maps', 'dist/main.js'],
    cwd: path.join(repositoryDir, 'apps', name),
    env: serviceEnv({ home, name, port, natsUrl, databaseUrl, objectStore }),
    logFile: home.logOf(name),
    readyTimeoutMs: READY_TIMEOUT_MS,
    isReady: async () => (await fetch(`${url}${READY_PATH}`, { signal: AbortSignal.timeout(2_000) })).ok,
  });
  return Object.assign(managed, { url, port });
}
