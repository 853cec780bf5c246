// Finds nats-server, or unpacks Debian's package into a cache folder: nothing is installed system-wide, no unit outlives us.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { UserError } from '../user-error.js';

const ADVICE = 'Install nats-server so that it is on the PATH, or set NATS_URL to a server of yours.';

/**
 * Returns the binary and, in words, where it is from. Looks on the PATH, in the system's sbin folders and in `cacheDir`;
 * otherwise downloads Debian's package with apt-get (no root needed where the package lists exist).
 */
export function natsBinary(cacheDir: string): { binary: string; source: string } {
  const found = onPath('nats-server');
  if (found) return { binary: found, source: 'found on this machine' };
  const unpacked = path.join(cacheDir, 'nats-server/usr/sbin/nats-server');
  if (!fs.existsSync(unpacked)) unpackDebianPackage(cacheDir);
  return { binary: unpacked, source: "Debian's package, unpacked into the cache" };
}

/** The first executable of that name on the PATH or in an sbin folder, which ordinary users' PATHs lack. */
export function onPath(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/local/sbin', '/usr/sbin'].filter(Boolean);
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function unpackDebianPackage(cacheDir: string): void {
  if (!onPath('apt-get') || !onPath('dpkg'))
    throw new UserError(`There is no nats-server and no apt-get to fetch it with. ${ADVICE}`);
  fs.mkdirSync(cacheDir, { recursive: true });
  const work = fs.mkdtempSync(path.join(cacheDir, 'download-'));
  try {
    download(work);
    const archive = fs.readdirSync(work).find((file) => file.endsWith('.deb')) ?? '';
    run('dpkg', ['-x', archive, 'unpacked'], work);
    fs.rmSync(path.join(cacheDir, 'nats-server'), { recursive: true, force: true });
    fs.renameSync(path.join(work, 'unpacked'), path.join(cacheDir, 'nats-server'));
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** Root's apt drops to its own user for downloads, which may not enter a private folder: keep it from trying. */
function download(dir: string): void {
  const fetchIt = (): SpawnSyncReturns<string> =>
    run('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', 'nats-server'], dir);
  if (fetchIt().status === 0) return;
  const update = run('apt-get', ['update'], dir); // fresh machines and images come without package lists
  const result = fetchIt();
  if (result.status === 0) return;
  const why = (update.status === 0 ? result : update).stderr.trim().split('\n').at(-1);
  throw new UserError(`nats-server could not be fetched from Debian (${why}). ${ADVICE}`);
}

function run(command: string, args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  return spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
}
