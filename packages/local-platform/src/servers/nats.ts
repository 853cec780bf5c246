// A NATS server with JetStream on loopback. Needs a nats-server binary (nats-binary.ts finds one).
import fs from 'node:fs';
import path from 'node:path';
import { ManagedProcess } from '../processes/managed-process.js';
import { LOOPBACK, firstReply } from './ports.js';
import type { LocalServer } from './running-server.js';

/** The largest message the platform sends; anything larger goes by object reference. */
export const NATS_MAX_PAYLOAD_BYTES = 8 << 20;

export interface NatsOptions {
  readonly binary: string;
  readonly port: number;
  /** Configuration and JetStream store. */
  readonly dir: string;
  readonly logFile: string;
}

/** What a NATS server says about itself on connection. */
export interface NatsInfo {
  readonly version: string;
  readonly max_payload: number;
  readonly jetstream?: boolean;
}

export function natsServer({ binary, port, dir, logFile }: NatsOptions): LocalServer {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const configFile = path.join(dir, 'nats.conf');
  fs.writeFileSync(configFile, configuration(port, path.join(dir, 'jetstream')), { mode: 0o600 });
  const managed = new ManagedProcess({
    name: 'nats',
    command: binary,
    args: ['-c', configFile],
    cwd: dir,
    logFile,
    deathSignal: 'SIGTERM',
    isReady: async () => (await natsInfo(LOOPBACK, port)).max_payload >= NATS_MAX_PAYLOAD_BYTES,
  });
  return { managed, url: `nats://${LOOPBACK}:${port}`, port };
}

/** Reads the server's `INFO {json}`; throws when nothing there speaks NATS. */
export async function natsInfo(host: string, port: number): Promise<NatsInfo> {
  const line = (await firstReply(host, port)).toString('utf8').split('\r\n')[0] ?? '';
  if (!line.startsWith('INFO ')) throw new Error(`The server at ${host}:${port} does not speak NATS.`);
  return JSON.parse(line.slice('INFO '.length)) as NatsInfo;
}

function configuration(port: number, storeDir: string): string {
  return [
    `listen: "${LOOPBACK}:${port}"`,
    `max_payload: ${NATS_MAX_PAYLOAD_BYTES}`,
    `max_pending: ${8 * NATS_MAX_PAYLOAD_BYTES}`,
    `jetstream { store_dir: ${JSON.stringify(storeDir)}, max_mem: 256M, max_file: 8G }`,
    '',
  ].join('\n');
}
