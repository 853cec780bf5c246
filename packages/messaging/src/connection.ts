import type { Logger } from '@earmark/service-kit';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { inboxPrefixOf } from './permissions.js';

/** The largest message of the platform in bytes; anything larger goes by object reference or by pages. */
export const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;

export interface ConnectionOptions {
  /** One or more URLs, comma separated. */
  readonly servers: string;
  /** Shown in the server's connection list. */
  readonly name: string;
  readonly logger?: Logger;
}

/** A connection that waits for the server and reconnects for ever. Throws when the server allows only smaller messages than ours. */
export async function connectNats({ servers, name, logger }: ConnectionOptions): Promise<NatsConnection> {
  const urls = servers.split(',').map((server) => server.trim());
  logger?.debug({ servers: urls.map(withoutCredentials) }, 'connecting to NATS');
  const connection = await connect({
    servers: urls.map(withoutCredentials),
    ...accessOf(urls[0] ?? ''),
    name,
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 10_000,
    maxPingOut: 2,
  });
  const sentence = tooSmall(connection.info?.max_payload ?? 0);
  if (sentence !== null) {
    await connection.close();
    throw new Error(sentence);
  }
  if (logger !== undefined) void logStatus(connection, logger);
  return connection;
}

/** What to tell the operator when `maxPayloadBytes` of the server is below ours; null when it suffices. */
export function tooSmall(maxPayloadBytes: number): string | null {
  if (maxPayloadBytes >= MAX_PAYLOAD_BYTES) return null;
  return `The NATS server accepts messages of at most ${maxPayloadBytes} bytes, Earmark sends up to ${MAX_PAYLOAD_BYTES}: set max_payload: 8MB in its configuration.`;
}

interface Access {
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  readonly tls?: object;
  /** Where replies to this user go; the server lets nobody else listen there. */
  readonly inboxPrefix?: string;
}

/** What the client takes apart from the address: `tls://` and `user:password@` (or `token@`) of a URL. */
export function accessOf(url: string): Access {
  const parsed = /^\w+:\/\//.test(url) ? new URL(url) : new URL(`nats://${url}`);
  const [name, password] = [decodeURIComponent(parsed.username), decodeURIComponent(parsed.password)];
  const tls = parsed.protocol === 'tls:' ? { tls: {} } : {};
  if (name === '') return tls;
  return password === '' ? { ...tls, token: name } : { ...tls, user: name, pass: password, inboxPrefix: inboxPrefixOf(name) };
}

function withoutCredentials(url: string): string {
  return url.replace(/^(\w+:\/\/)?([^@/]*@)/, '$1');
}

async function logStatus(connection: NatsConnection, logger: Logger): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') logger.warn({ server: status.server }, 'lost the connection to NATS');
    else if (status.type === 'reconnect') logger.info({ server: status.server }, 'connected to NATS again');
    else if (status.type === 'error') logger.warn({ error: status.error }, 'NATS reported an error');
  }
}
