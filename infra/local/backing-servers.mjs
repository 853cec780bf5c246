// NATS, PostgreSQL and object storage for the local platform: the operator's own when the environment names one, else started here.
import { homePaths, readJson, secret, writeJson } from './home.mjs';
import { natsBinary, onPath } from './servers/nats-binary.mjs';
import { NATS_MAX_PAYLOAD_BYTES, natsInfo, natsServer } from './servers/nats.mjs';
import { portOr } from './servers/ports.mjs';
import { preparePostgres } from './servers/postgres-files.mjs';
import { initialiseCluster, postgresServer } from './servers/postgres.mjs';
import { ensureBucket, s3Server } from './servers/s3.mjs';
import { UserError } from './user-error.mjs';

const NATS_PORT = 4222;

/** Each function takes `{ home, supervisor, note, repositoryDir }` and returns what services need to know. */
export async function provideNats({ home, supervisor, note }) {
  if (process.env.NATS_URL) return { url: await checkedNatsUrl(process.env.NATS_URL, note) };
  const { binary, source } = natsBinary(home.cache);
  const server = natsServer({ binary, port: await keptPort(home, 'nats'), dir: home.nats, logFile: home.logOf('nats') });
  await supervisor.start(server, 0);
  note(`${(await natsInfo('127.0.0.1', server.port)).version}, ${source}`);
  return { url: server.url, process: server };
}

async function checkedNatsUrl(url, note) {
  const { hostname, port } = new URL(url.split(',')[0]);
  const info = await natsInfo(hostname, Number(port || NATS_PORT)).catch((error) => {
    throw new UserError(
      `NATS_URL names a server that does not answer (${error.message}): start it, or unset NATS_URL to have one started here.`,
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
  return url;
}

/** PostgreSQL; `url` is the administrator's. */
export async function providePostgres({ home, supervisor, note, repositoryDir }) {
  if (process.env.DATABASE_URL) {
    note('from DATABASE_URL');
    return { url: process.env.DATABASE_URL };
  }
  const installation = preparePostgres({ repositoryDir, preferredDir: home.postgres });
  const dataDir = `${installation.dir}/data`;
  const password = secret(home, 'postgres');
  initialiseCluster({ installation, dataDir, password });
  const logFile = home.logOf('postgres');
  const server = postgresServer({ installation, port: await keptPort(home, 'postgres'), dataDir, password, logFile });
  await supervisor.start(server, 0);
  note(installation.dir === home.postgres ? 'embedded' : `embedded, data in ${installation.dir}`);
  return { url: server.url, process: server };
}

/** Object storage with its bucket. */
export async function provideObjectStore({ home, supervisor, note }) {
  const { S3_ENDPOINT, S3_PUBLIC_ENDPOINT, S3_REGION = 'us-east-1', S3_BUCKET = 'earmark' } = process.env;
  const place = { region: S3_REGION, bucket: S3_BUCKET };
  if (S3_ENDPOINT) {
    const account = { ...place, accessKey: required('S3_ACCESS_KEY'), secretKey: required('S3_SECRET_KEY') };
    await ensureBucket({ url: S3_ENDPOINT, ...account }).catch((error) => {
      throw new UserError(`The object store of S3_ENDPOINT cannot be used: ${error.cause?.message ?? error.message}`);
    });
    note('from S3_ENDPOINT');
    return { url: S3_ENDPOINT, publicUrl: S3_PUBLIC_ENDPOINT ?? S3_ENDPOINT, ...account };
  }
  const account = { ...place, accessKey: secret(home, 's3-access-key'), secretKey: secret(home, 's3-secret-key') };
  const minio = onPath('minio');
  const server = s3Server({ ...account, port: await keptPort(home, 's3'), dir: home.s3, logFile: home.logOf('s3'), minio });
  await supervisor.start(server, 0);
  await ensureBucket({ url: server.url, ...account });
  note(minio ? 'MinIO found on this machine' : 'embedded S3 server, for development only');
  return { url: server.url, publicUrl: S3_PUBLIC_ENDPOINT ?? server.url, process: server, ...account };
}

function required(name) {
  if (process.env[name]) return process.env[name];
  throw new UserError(`S3_ENDPOINT is set, ${name} is not: set it, or unset S3_ENDPOINT to have a store started here.`);
}

/** The port used last time when it is still free: bookmarks and open psql sessions survive a restart. */
export async function keptPort(home, name) {
  const port = await portOr(readJson(home.portsFile, {})[name]);
  writeJson(home.portsFile, { ...readJson(home.portsFile, {}), [name]: port });
  return port;
}

/** A sentence when `--fresh` was asked for data that is not ours to erase. */
export function refuseToEraseForeignData() {
  const foreign = ['NATS_URL', 'DATABASE_URL', 'S3_ENDPOINT'].filter((name) => process.env[name]);
  if (foreign.length > 0)
    throw new UserError(
      `--fresh erases only data in ${homePaths().dir}: unset ${foreign.join(', ')}, or empty those servers yourself.`,
    );
}
