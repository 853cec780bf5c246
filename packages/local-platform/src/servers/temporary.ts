// Throw-away servers for tests and tools: real ones, on free loopback ports, with data in a temporary folder.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repositoryDir } from '../repository.js';
import { natsBinary } from './nats-binary.js';
import { natsServer } from './nats.js';
import { freePort } from './ports.js';
import { preparePostgres, versionOf, type PostgresInstallation } from './postgres-files.js';
import { initialiseCluster, postgresServer } from './postgres.js';
import { s3Server, type S3Account } from './s3.js';
import type { LocalServer } from './running-server.js';

/** A server that can be ended and started again on its port and data; `kill()` is SIGKILL. */
export interface TemporaryServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number | undefined;
  readonly logFile: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Deletes its files; call it after stop(). */
  remove(): void;
}

export interface TemporaryNats extends TemporaryServer {
  /** The URL by which a service (or `operator`, `events`) comes in. */
  readonly urlOf: (user: string) => string;
}

export interface TemporaryS3 extends TemporaryServer {
  readonly account: S3Account;
}

const cacheDir = path.join(process.env['EARMARK_HOME'] ?? path.join(repositoryDir, '.earmark'), 'cache');
const PASSWORD = 'test';
const S3_ACCOUNT = { accessKey: 'test-access-key', secretKey: 'test-secret-key', region: 'us-east-1', bucket: 'earmark' };

/** NATS with JetStream and the platform's permissions; `url` comes in as the operator, who may do everything. */
export async function temporaryNats(): Promise<TemporaryNats> {
  const { binary } = natsBinary(cacheDir);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'earmark-nats-'));
  const logFile = path.join(dir, 'nats.log');
  const server = natsServer({ binary, port: await freePort(), dir, logFile, passwordOf: () => PASSWORD });
  return Object.assign(removable({ ...server, url: server.urlOf('operator') }, dir), { urlOf: server.urlOf });
}

/** Object storage with the bucket of its account. */
export async function temporaryS3(): Promise<TemporaryS3> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'earmark-s3-'));
  const server = s3Server({ account: S3_ACCOUNT, port: await freePort(), dir, logFile: path.join(dir, 's3.log') });
  return Object.assign(removable(server, dir), { account: S3_ACCOUNT });
}

/** PostgreSQL: a copy of one initialised template, so that a spec has its own server in well under a second. */
export async function temporaryPostgres(): Promise<TemporaryServer> {
  const installation = preparePostgres(path.join(os.tmpdir(), `earmark-test-postgres-${process.getuid?.() ?? 0}`));
  const template = templateCluster(installation);
  const dir = fs.mkdtempSync(path.join(installation.dir, 'run-'));
  const dataDir = path.join(dir, 'data');
  fs.cpSync(template, dataDir, { recursive: true });
  if (installation.user) chownTree(dir, installation.user);
  const logFile = path.join(dir, 'postgres.log');
  const port = await freePort();
  return removable(postgresServer({ installation, port, dataDir, password: PASSWORD, logFile, durable: false }), dir);
}

function removable({ managed, url, port }: LocalServer, dir: string): TemporaryServer {
  return {
    url,
    port,
    logFile: managed.logFile,
    get pid() {
      return managed.pid;
    },
    start: () => managed.start(),
    stop: () => managed.stop(),
    kill: () => managed.kill(),
    restart: () => managed.restart(),
    remove: () => fs.rmSync(dir, { recursive: true, force: true }),
  };
}

/** Made once per PostgreSQL version; whoever finishes first wins, the others use theirs. */
function templateCluster(installation: PostgresInstallation): string {
  const template = path.join(installation.dir, `template-${versionOf()}`);
  if (fs.existsSync(template)) return template;
  const own = path.join(installation.dir, `template-${process.pid}`);
  initialiseCluster({ installation, dataDir: own, password: PASSWORD });
  try {
    fs.renameSync(own, template);
  } catch {
    fs.rmSync(own, { recursive: true, force: true }); // another process was first
  }
  return template;
}

function chownTree(dir: string, { uid, gid }: { uid: number; gid: number }): void {
  fs.chownSync(dir, uid, gid);
  for (const name of fs.readdirSync(dir, { recursive: true, encoding: 'utf8' })) fs.chownSync(path.join(dir, name), uid, gid);
}
