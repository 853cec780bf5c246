// Real servers for integration specs: NATS with JetStream, PostgreSQL, object storage, each on a free loopback port.
import { temporaryNats, temporaryPostgres, temporaryS3, type TemporaryServer } from '@earmark/local-platform';
import { createDatabase, migrateAll } from '@earmark/local-platform/database';

/** A running server: `kill()` is SIGKILL, `restart()` and `start()` come back on the same port and data. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number | undefined;
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** `url` comes in as the operator, who may do everything; a service under test gets `urlOf` its name. */
export interface TestNats extends TestServer {
  readonly urlOf: (user: string) => string;
}

/** `url` is the administrator's. */
export interface TestPostgres extends TestServer {
  /** A new database with that app's migrations; returns DATABASE_URL of the app's role with `?schema=`. */
  createDatabase(app: string): Promise<string>;
  /** A new database without any schema; returns the administrator's URL. */
  createEmptyDatabase(): Promise<string>;
}

/** `url` is the endpoint; the bucket exists. */
export interface TestS3 extends TestServer {
  readonly account: { accessKey: string; secretKey: string; region: string; bucket: string };
}

interface ServerTypes {
  nats: TestNats;
  postgres: TestPostgres;
  s3: TestS3;
}
type ServerName = keyof ServerTypes;

/** Which servers to start: `{ nats: true, postgres: true }`. */
export type WantedServers = Partial<Record<ServerName, boolean>>;

/** The servers that were asked for; `stop()` ends them all and removes their data. */
export type TestServers<W extends WantedServers> = Pick<ServerTypes, keyof W & ServerName> & { stop(): Promise<void> };

/**
 * Starts the wanted servers side by side, for instance `startServers({ nats: true, postgres: true })`.
 * Throws (with the end of the server's log) when one does not come up; call `stop()` in afterAll.
 */
export async function startServers<W extends WantedServers>(wanted: W): Promise<TestServers<W>> {
  const started: TemporaryServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()));
    for (const server of started) server.remove();
  };
  const names = (Object.keys(launchers) as ServerName[]).filter((name) => wanted[name]);
  const outcomes = await Promise.allSettled(names.map(async (name) => [name, await launchers[name](started)] as const));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const entries = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  return { ...(Object.fromEntries(entries) as unknown as Pick<ServerTypes, keyof W & ServerName>), stop };
}

const launchers = {
  nats: async (started: TemporaryServer[]): Promise<TestNats> => running(await temporaryNats(), started),
  postgres: async (started: TemporaryServer[]): Promise<TestPostgres> => {
    const server = await running(await temporaryPostgres(), started);
    return Object.assign(server, {
      createEmptyDatabase: () => createDatabase(server.url),
      createDatabase: async (app: string) => migrated(await createDatabase(server.url), app),
    });
  },
  s3: async (started: TemporaryServer[]): Promise<TestS3> => running(await temporaryS3(), started),
};

async function running<S extends TemporaryServer>(server: S, started: TemporaryServer[]): Promise<S> {
  started.push(server);
  await server.start();
  return server;
}

async function migrated(adminUrl: string, app: string): Promise<string> {
  const [result] = await migrateAll({ adminUrl, apps: [app], passwordOf: () => 'test' });
  if (!result) throw new Error(`apps/${app} has no database.`);
  return result.url;
}
