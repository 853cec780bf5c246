// The platform's servers and services on one machine: started in order, supervised, and stopped in reverse.
import { migrateAll } from '../database/migrate.js';
import type { ManagedProcess } from '../processes/managed-process.js';
import { Supervisor } from '../processes/supervisor.js';
import { UserError } from '../user-error.js';
import {
  provideNats,
  provideObjectStore,
  providePostgres,
  refuseToEraseForeignData,
  type NatsUrlOf,
  type ObjectStorePlace,
} from './backing-servers.js';
import type { Note, StartContext } from './context.js';
import { firstKey } from './first-key.js';
import { eraseData, keptPort, secret, type Home } from './home.js';
import type { Ready } from './ready.js';
import { serviceNames, serviceProcess, serviceUrl } from './services.js';

const SERVER_TIER = 0;
const SERVICE_TIER = 1;
const GATEWAY_TIER = 2;

/** A running child as the launcher records it, to end it should the launcher be killed. */
export interface RunningChild {
  readonly name: string;
  readonly pid: number;
  /** How it stops cleanly. */
  readonly signal: NodeJS.Signals;
}

export interface LocalPlatformOptions {
  readonly home: Home;
  /** Runs a step of the start under a title, showing progress; what `work` throws passes through. */
  readonly step: <T>(title: string, work: (note: Note) => T | Promise<T>) => Promise<T>;
  /** Tells the operator. */
  readonly report: (sentence: string) => void;
  /** Called with all running children whenever one changed. */
  readonly onChildren: (children: readonly RunningChild[]) => void;
}

interface Servers {
  readonly natsUrlOf: NatsUrlOf;
  /** The administrator's. */
  readonly adminUrl: string;
  readonly objectStore: ObjectStorePlace;
}

/** One running platform; `start()` once, then `stop()` or `kill()`. */
export class LocalPlatform {
  readonly #options: LocalPlatformOptions;
  readonly #supervisor: Supervisor;
  readonly #urls = new Map<string, string>();
  #ready: Ready | undefined;
  #stopping = false;

  constructor(options: LocalPlatformOptions) {
    this.#options = options;
    this.#supervisor = new Supervisor({ report: options.report, onChange: () => this.#record() });
  }

  /** Starts everything; `port` is the gateway's, `fresh` erases all data first. Returns the content of ready.json. */
  async start({ port, fresh = false }: { port: number; fresh?: boolean }): Promise<Ready> {
    const { home, step } = this.#options;
    if (fresh) await step('Erasing data', () => (refuseToEraseForeignData(home), eraseData(home)));
    const servers = await this.#startServers();
    const databaseUrls = await step('Database migrations', (note) => this.#migrate(servers.adminUrl, note));
    await step('Services', (note) => this.#startServices(servers, databaseUrls, port, note));
    return this.#becomeReady(servers, databaseUrls.get('gateway') ?? '', port);
  }

  /** Ends everything this platform started, and nothing else. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#supervisor.stop();
  }

  /** The same by SIGKILL. */
  async kill(): Promise<void> {
    this.#stopping = true;
    await this.#supervisor.kill();
  }

  async #startServers(): Promise<Servers> {
    const { home, step } = this.#options;
    const context = (note: Note): StartContext => ({
      home,
      note,
      supervise: (managed) => this.#supervise(managed, SERVER_TIER),
    });
    const natsUrlOf = await step('NATS', (note) => provideNats(context(note)));
    const adminUrl = await step('PostgreSQL', (note) => providePostgres(context(note)));
    const objectStore = await step('Object storage', (note) => provideObjectStore(context(note)));
    return { natsUrlOf, adminUrl, objectStore };
  }

  #supervise(managed: ManagedProcess, tier: number): Promise<void> {
    this.#continue();
    return this.#supervisor.start(managed, tier);
  }

  #continue(): void {
    if (this.#stopping) throw new UserError('Stopped before everything was up.');
  }

  async #migrate(adminUrl: string, note: Note): Promise<Map<string, string>> {
    const passwordOf = (app: string): string => secret(this.#options.home, `database-${app}`);
    const migrated = await migrateAll({ adminUrl, passwordOf }).catch((error: unknown) => {
      if (!process.env['DATABASE_URL']) throw error;
      throw new UserError(
        `The server of DATABASE_URL cannot be used (${(error as Error).message}): its user must be allowed to create roles and schemas; or unset DATABASE_URL.`,
      );
    });
    const applied = migrated.flatMap((app) => app.applied).length;
    note(applied === 0 ? 'up to date' : `${applied} applied`);
    return new Map(migrated.map(({ app, url }) => [app, url]));
  }

  async #startServices(
    { natsUrlOf, objectStore }: Servers,
    databaseUrls: ReadonlyMap<string, string>,
    gatewayPort: number,
    note: Note,
  ): Promise<void> {
    const { home } = this.#options;
    const names = serviceNames();
    note(names.join(', '));
    const startOne = async (name: string): Promise<void> => {
      const isGateway = name === 'gateway';
      const port = isGateway ? gatewayPort : await keptPort(home, name);
      this.#urls.set(name, serviceUrl(port));
      const natsUrl = natsUrlOf(name);
      const managed = serviceProcess({ home, name, port, natsUrl, objectStore, databaseUrl: databaseUrls.get(name) });
      await this.#supervise(managed, isGateway ? GATEWAY_TIER : SERVICE_TIER);
    };
    await Promise.all(names.filter((name) => name !== 'gateway').map(startOne));
    if (names.includes('gateway')) await startOne('gateway');
  }

  async #becomeReady({ natsUrlOf, adminUrl, objectStore }: Servers, databaseUrl: string, port: number): Promise<Ready> {
    this.#continue();
    const { home, step } = this.#options;
    const gatewayUrl = serviceUrl(port);
    const apiKey = await step('API key', () => firstKey({ home, gatewayUrl, databaseUrl }));
    const { accessKey, secretKey, region, bucket } = objectStore;
    const s3 = { access_key: accessKey, secret_key: secretKey, region, bucket };
    this.#ready = {
      gateway_url: gatewayUrl,
      docs_url: `${gatewayUrl}/docs`,
      api_key: apiKey,
      pid: process.pid,
      servers: {
        nats_url: natsUrlOf('operator'),
        events_url: natsUrlOf('events'),
        database_url: adminUrl,
        s3_endpoint: objectStore.url,
        s3,
      },
    };
    this.#record();
    return this.#ready;
  }

  /** Keeps the launcher's record and ready.json true after every start. */
  #record(): void {
    if (this.#stopping) return;
    const { home, onChildren } = this.#options;
    const children = this.#supervisor.supervised.flatMap(({ managed: { name, pid, stopSignal } }) =>
      pid === undefined ? [] : [{ name, pid, signal: stopSignal }],
    );
    onChildren(children);
    if (!this.#ready) return;
    const processes = Object.fromEntries(children.map(({ name, pid }) => [name, pid]));
    home.writeJson(home.readyFile, { ...this.#ready, processes, services: Object.fromEntries(this.#urls) });
  }
}
