// NATS, PostgreSQL and object storage for the local platform: the operator's own when the environment names one, else started here.
import { natsBinary, onPath } from '../servers/nats-binary.js';
import { NATS_MAX_PAYLOAD_BYTES, natsInfo, natsServer } from '../servers/nats.js';
import { LOOPBACK } from '../servers/ports.js';
import { preparePostgres } from '../servers/postgres-files.js';
import { initialiseCluster, postgresServer } from '../servers/postgres.js';
import { ensureBucket, s3Server, type S3Account } from '../servers/s3.js';
import { UserError } from '../user-error.js';
import type { Note, StartContext } from './context.js';
import { keptPort, secret, type Home } from './home.js';

const NATS_PORT = 4222;

/** Where object storage is and by which account services use it. */
export interface ObjectStorePlace extends S3Account {
  readonly url: string;
  /** By the name that browsers use. */
  readonly publicUrl: string;
}

/** The URL of NATS for a user: a service's name, `operator` or `events`. */
export type NatsUrlOf = (user: string) => string;

/** NATS with JetStream. An operator's own server is used by all services with the user that NATS_URL names. */
export async function provideNats({ home, supervise, note }: StartContext): Promise<NatsUrlOf> {
  const foreign = process.env['NATS_URL'];
  if (foreign) {
    await checkNats(foreign, note);
    return () => foreign;
  }
  const { binary, source } = natsBinary(home.cache);
  const port = await keptPort(home, 'nats');
  const passwordOf = (user: string): string => secret(home, `nats-${user}`);
  const server = natsServer({ binary, port, dir: home.nats, logFile: home.logOf('nats'), passwordOf });
  await supervise(server.managed);
  note(`${(await natsInfo(LOOPBACK, server.port)).version}, ${source}`);
  return server.urlOf;
}

async function checkNats(url: string, note: Note): Promise<void> {
  const { hostname, port } = new URL(url.split(',')[0] ?? '');
  const info = await natsInfo(hostname, Number(port || NATS_PORT)).catch((error: unknown) => {
    throw new UserError(
      `NATS_URL names a server that does not answer (${(error as Error).message}): start it, or unset NATS_URL to have one started here.`,
    );
  });
  if (!info.jetstream)
    throw new UserError('The server of NATS_URL runs without JetStream: start it with -js, or unset NATS_URL.');
  if (info.max_payload < NATS_MAX_PAYLOAD_BYTES) {
    throw new UserError(
      `The server of NATS_URL takes messages up to ${info.max_payload} bytes: set its max_payload to ${NATS_MAX_PAYLOAD_BYTES}, or unset NATS_URL.`,
    );
  }
  note(`${info.version}, from NATS_URL`);
}

/** PostgreSQL; returns the administrator's URL. */
export async function providePostgres({ home, supervise, note }: StartContext): Promise<string> {
  const foreign = process.env['DATABASE_URL'];
  if (foreign) {
    note('from DATABASE_URL');
    return foreign;
  }
  const installation = preparePostgres(home.postgres);
  const dataDir = `${installation.dir}/data`;
  const password = secret(home, 'postgres');
  initialiseCluster({ installation, dataDir, password });
  const logFile = home.logOf('postgres');
  const server = postgresServer({ installation, port: await keptPort(home, 'postgres'), dataDir, password, logFile });
  await supervise(server.managed);
  note(installation.dir === home.postgres ? 'embedded' : `embedded, data in ${installation.dir}`);
  return server.url;
}

/** Object storage with its bucket. */
export async function provideObjectStore({ home, supervise, note }: StartContext): Promise<ObjectStorePlace> {
  const { S3_ENDPOINT, S3_PUBLIC_ENDPOINT } = process.env;
  if (S3_ENDPOINT) {
    const account = foreignAccount();
    await ensureBucket(S3_ENDPOINT, account).catch((error: unknown) => {
      throw new UserError(`The object store of S3_ENDPOINT cannot be used: ${(error as Error).message}`);
    });
    note('from S3_ENDPOINT');
    return { url: S3_ENDPOINT, publicUrl: S3_PUBLIC_ENDPOINT ?? S3_ENDPOINT, ...account };
  }
  const account = ownAccount(home);
  const minio = onPath('minio');
  const server = s3Server({ account, port: await keptPort(home, 's3'), dir: home.s3, logFile: home.logOf('s3'), minio });
  await supervise(server.managed);
  if (minio) await ensureBucket(server.url, account);
  note(minio ? 'MinIO found on this machine' : 'embedded S3 server, for development only');
  return { url: server.url, publicUrl: S3_PUBLIC_ENDPOINT ?? server.url, ...account };
}

function place(): Pick<S3Account, 'region' | 'bucket'> {
  const { S3_REGION = 'us-east-1', S3_BUCKET = 'earmark' } = process.env;
  return { region: S3_REGION, bucket: S3_BUCKET };
}

function ownAccount(home: Home): S3Account {
  return { ...place(), accessKey: secret(home, 's3-access-key'), secretKey: secret(home, 's3-secret-key') };
}

function foreignAccount(): S3Account {
  const required = (name: string): string => {
    const value = process.env[name];
    if (value) return value;
    throw new UserError(`S3_ENDPOINT is set, ${name} is not: set it, or unset S3_ENDPOINT to have a store started here.`);
  };
  return { ...place(), accessKey: required('S3_ACCESS_KEY'), secretKey: required('S3_SECRET_KEY') };
}

/** Throws a sentence when `--fresh` was asked for data that is not ours to erase. */
export function refuseToEraseForeignData(home: Home): void {
  const foreign = ['NATS_URL', 'DATABASE_URL', 'S3_ENDPOINT'].filter((name) => process.env[name]);
  if (foreign.length > 0)
    throw new UserError(`--fresh erases only data in ${home.dir}: unset ${foreign.join(', ')}, or empty those servers yourself.`);
}
