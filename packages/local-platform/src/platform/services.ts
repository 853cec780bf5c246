// The platform's own services: which there are, the environment each gets, and when one is ready.
import fs from 'node:fs';
import path from 'node:path';
import { ManagedProcess } from '../processes/managed-process.js';
import { repositoryDir } from '../repository.js';
import { LOOPBACK } from '../servers/ports.js';
import type { ObjectStorePlace } from './backing-servers.js';
import type { Home } from './home.js';

const READY_PATH = '/health/ready';
const READY_TIMEOUT_MS = 60_000;

export interface ServiceWishes {
  readonly home: Home;
  readonly name: string;
  readonly port: number;
  readonly natsUrl: string;
  readonly databaseUrl: string | undefined;
  readonly objectStore: ObjectStorePlace;
}

/** Every app that is a process: the folders of apps/ with a main.ts, sorted. */
export function serviceNames(): string[] {
  const isService = (name: string): boolean => fs.existsSync(path.join(repositoryDir, 'apps', name, 'src/main.ts'));
  return fs.readdirSync(path.join(repositoryDir, 'apps')).filter(isService).sort();
}

/** The environment of one service, by the names that every service's config reads. */
export function serviceEnv({ home, name, port, natsUrl, databaseUrl, objectStore }: ServiceWishes): NodeJS.ProcessEnv {
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
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'info',
    EARMARK_DATA_DIR: path.join(home.scratch, name),
  };
}

/** Where a service on this machine listens. */
export const serviceUrl = (port: number): string => `http://${LOOPBACK}:${port}`;

/** A service's process, not yet started. */
export function serviceProcess(wishes: ServiceWishes): ManagedProcess {
  const { home, name, port } = wishes;
  fs.mkdirSync(path.join(home.scratch, name), { recursive: true, mode: 0o700 });
  const isReady = async (): Promise<boolean> =>
    (await fetch(`${serviceUrl(port)}${READY_PATH}`, { signal: AbortSignal.timeout(2_000) })).ok;
  return new ManagedProcess({
    name,
    command: process.execPath,
    args: ['--enable-source-maps', 'dist/main.js'],
    cwd: path.join(repositoryDir, 'apps', name),
    env: serviceEnv(wishes),
    logFile: home.logOf(name),
    readyTimeoutMs: READY_TIMEOUT_MS,
    isReady,
  });
}
