// Object storage on loopback: MinIO when the machine has it, else the repository's own embedded server.
import fs from 'node:fs';
import path from 'node:path';
import { ManagedProcess } from '../processes/managed-process.js';
import { repositoryDir } from '../repository.js';
import { LOOPBACK } from './ports.js';
import type { LocalServer } from './running-server.js';

/** Who may use which bucket. */
export interface S3Account {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  readonly bucket: string;
}

export interface S3Options {
  readonly account: S3Account;
  readonly port: number;
  readonly dir: string;
  readonly logFile: string;
  /** Path of a MinIO binary; without it the embedded server runs. */
  readonly minio?: string | undefined;
}

const embeddedServer = path.join(repositoryDir, 'packages/embedded-s3/dist/main.js');

/** The embedded server has the account's bucket; in MinIO it is made with {@link ensureBucket}. */
export function s3Server({ account, port, dir, logFile, minio }: S3Options): LocalServer {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const url = `http://${LOOPBACK}:${port}`;
  const { accessKey, secretKey, region } = account;
  const managed = new ManagedProcess({
    name: 's3',
    ...(minio ? minioCommand(minio, port, dir) : embeddedCommand(port, dir, account)),
    env: {
      ...process.env,
      ...{ EARMARK_S3_ACCESS_KEY: accessKey, EARMARK_S3_SECRET_KEY: secretKey },
      ...{ MINIO_ROOT_USER: accessKey, MINIO_ROOT_PASSWORD: secretKey, MINIO_SITE_REGION: region },
    },
    cwd: dir,
    logFile,
    deathSignal: 'SIGTERM',
    isReady: async () => (await fetch(url, { signal: AbortSignal.timeout(1_000) })).status > 0,
  });
  return { managed, url, port };
}

function embeddedCommand(port: number, dir: string, { region, bucket }: S3Account): { command: string; args: string[] } {
  const flags = { '--host': LOOPBACK, '--port': String(port), '--dir': dir, '--region': region, '--bucket': bucket };
  return { command: process.execPath, args: ['--enable-source-maps', embeddedServer, ...Object.entries(flags).flat()] };
}

function minioCommand(binary: string, port: number, dir: string): { command: string; args: string[] } {
  const addresses = ['--address', `${LOOPBACK}:${port}`, '--console-address', `${LOOPBACK}:0`];
  return { command: binary, args: ['server', path.join(dir, 'minio'), ...addresses] };
}

/** Creates the account's bucket unless it is there. Throws what the server says when it refuses. */
export async function ensureBucket(url: string, account: S3Account): Promise<void> {
  const { MinioBlobStore } = await import('@earmark/blob-store'); // loaded only where a foreign server is used
  const store = new MinioBlobStore({ ...account, endpoint: url, now: () => new Date() });
  try {
    await store.ensureBucket();
  } finally {
    store.close();
  }
}
