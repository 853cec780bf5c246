// A NATS server with JetStream on loopback. Needs nothing but Node and a nats-server binary (nats-binary.mjs finds one).
import fs from 'node:fs';
import path from 'node:path';
import { LOOPBACK, firstReply } from './ports.mjs';
import { ManagedProcess } from './managed-process.mjs';

/** The largest message the platform sends; anything larger goes by object reference. */
export const NATS_MAX_PAYLOAD_BYTES = 8 << 20;

/** Options: `binary`, `port`, `dir` (configuration and JetStream store), `logFile`. Returns a ManagedProcess with `url`. */
export function natsServer({ binary, port, dir, logFile }) {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const configFile = path.join(dir, 'nats.conf');
  fs.writeFileSync(configFile, configuration(port, path.join(dir, 'jetstream')));
  const server = new ManagedProcess({
    name: 'nats',
    command: binary,
    args: ['-c', configFile],
    cwd: dir,
    logFile,
    deathSignal: 'SIGTERM',
    isReady: async () => (await natsInfo(LOOPBACK, port)).max_payload >= NATS_MAX_PAYLOAD_BYTES,
  });
  return Object.assign(server, { url: `nats://${LOOPBACK}:${port}`, port });
}

/** What a NATS server says about itself on connection (`INFO {json}`): version, max_payload, jetstream … */
export async function natsInfo(host, port) {
  const line = (await firstReply(host, port)).toString('utf8').split('\r\n')[0];
  if (!line.startsWith('INFO ')) throw new Error(`The server at ${host}:${port} does not speak NATS.`);
  return JSON.parse(line.slice('INFO '.length));
}

function configuration(port, storeDir) {
  return [
    `listen: "${LOOPBACK}:${port}"`,
    `max_payload: ${NATS_MAX_PAYLOAD_BYTES}`,
    `max_pending: ${8 * NATS_MAX_PAYLOAD_BYTES}`,
    `jetstream { store_dir: ${JSON.stringify(storeDir)}, max_mem: 256M, max_file: 8G }`,
    '',
  ].join('\n');
}
