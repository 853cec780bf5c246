// The whole platform on one machine: prepared, started in order, supervised, and stopped in reverse.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { provideNats, provideObjectStore, providePostgres, refuseToEraseForeignData } from './backing-servers.mjs';
import { abortRunning, buildAll, generateClients, installPackages, packagesAreInstalled } from './dependencies.mjs';
import { firstKey } from './first-key.mjs';
import { eraseData, homePaths, prepareHome, repositoryDir, secret, writeJson } from './home.mjs';
import { claimHome, endLeftovers, recordProcesses } from './processes.mjs';
import { step } from './progress.mjs';
import { portProblem } from './servers/ports.mjs';
import { service, serviceEnv, serviceNames } from './services.mjs';
import { Supervisor } from './supervisor.mjs';
import { UserError } from './user-error.mjs';

const INSTALL_BYTES = 2 << 30;
const RUN_BYTES = 512 << 20;
const SERVER_TIER = 0;
const SERVICE_TIER = 1;
const GATEWAY_TIER = 2;

/** Installs what is missing, generates the database clients and compiles; needs nothing but Node and npm. */
export async function prepareCode(home) {
  const isInstalled = packagesAreInstalled();
  prepareHome(home, isInstalled ? RUN_BYTES : INSTALL_BYTES);
  if (!isInstalled) await step('Installing npm packages (a minute or two)', () => installPackages(home.logOf('npm-ci')));
  await step('Database clients', () => generateClients(home.logOf('generate')));
  await step('Compiled code', () => buildAll(home.logOf('build')));
}

/** One running platform; `start()` once, then `stop()` or `kill()`. */
export class Platform {
  #home = homePaths();
  #giveHomeBack;
  #supervisor = new Supervisor({ report: (sentence) => console.log(sentence), onChange: () => this.#record() });
  #ready;
  #stopping = false;

  /** Options: `port` of the gateway, `fresh` (erase data first). Returns the content of ready.json. */
  async start({ port, fresh = false }) {
    const home = this.#home;
    prepareHome(home, RUN_BYTES);
    this.#giveHomeBack = claimHome(home);
    const leftovers = await endLeftovers(home);
    if (leftovers.length > 0) console.log(`Ended what an earlier start left running: ${leftovers.join(', ')}.`);
    await checkPort(port);
    if (fresh) await step('Erasing data', () => refuseToEraseForeignData() ?? eraseData(home));
    await prepareCode(home);
    this.#continue();
    const backing = await this.#startServers();
    const databaseUrls = await step('Database migrations', (note) => this.#migrate(backing.postgres.url, note));
    await this.#startServices({ backing, databaseUrls, gatewayPort: port });
    return this.#becomeReady(backing, databaseUrls, port);
  }

  /** Ends everything this platform started, and nothing else. */
  async stop() {
    this.#stopping = true;
    abortRunning();
    if (this.#giveHomeBack) fs.rmSync(this.#home.readyFile, { force: true }); // before anything is down
    await this.#supervisor.stop();
    this.#leave();
  }

  /** The same at once, by SIGKILL. */
  async kill() {
    this.#stopping = true;
    await this.#supervisor.kill();
    this.#leave();
  }

  #leave() {
    if (!this.#giveHomeBack) return;
    fs.rmSync(this.#home.readyFile, { force: true });
    fs.rmSync(this.#home.processesFile, { force: true });
    this.#giveHomeBack();
  }

  #continue() {
    if (this.#stopping) throw new UserError('Stopped before everything was up.');
  }

  async #startServers() {
    const context = {
      home: this.#home,
      repositoryDir,
      supervisor: { start: (managed) => this.#supervise(managed, SERVER_TIER) },
    };
    const nats = await step('NATS', (note) => provideNats({ ...context, note }));
    const postgres = await step('PostgreSQL', (note) => providePostgres({ ...context, note }));
    const objectStore = await step('Object storage', (note) => provideObjectStore({ ...context, note }));
    return { nats, postgres, objectStore };
  }

  #supervise(managed, tier) {
    this.#continue();
    return this.#supervisor.start(Object.assign(managed, { tier }));
  }

  async #migrate(adminUrl, note) {
    const { migrateAll } = await import(pathToFileURL(path.join(repositoryDir, 'infra/database/migrate.mjs')));
    const results = await migrateAll({ adminUrl, passwordOf: (app) => secret(this.#home, `database-${app}`) }).catch((error) => {
      if (!process.env.DATABASE_URL) throw error;
      throw new UserError(
        `The server of DATABASE_URL cannot be used (${error.message}): its user must be allowed to create roles and schemas; or unset DATABASE_URL.`,
      );
    });
    const applied = results.flatMap((result) => result.applied).length;
    note(applied === 0 ? 'up to date' : `${applied} applied`);
    return new Map(results.map(({ app, url }) => [app, url]));
  }

  async #startServices({ backing, databaseUrls, gatewayPort }) {
    const common = { home: this.#home, repositoryDir, gatewayPort, natsUrl: backing.nats.url, objectStore: backing.objectStore };
    const services = [];
    for (const name of serviceNames(repositoryDir))
      services.push(await service({ ...common, name, databaseUrl: databaseUrls.get(name) }));
    const others = services.filter(({ name }) => name !== 'gateway');
    const gateways = services.filter(({ name }) => name === 'gateway');
    await step('Services', async (note) => {
      note(services.map(({ name }) => name).join(', '));
      await Promise.all(others.map((managed) => this.#supervise(managed, SERVICE_TIER)));
      for (const managed of gateways) await this.#supervise(managed, GATEWAY_TIER);
    });
  }

  async #becomeReady(backing, databaseUrls, port) {
    this.#continue();
    const gatewayUrl = `http://127.0.0.1:${port}`;
    const { nats, postgres, objectStore } = backing;
    const common = { home: this.#home, natsUrl: nats.url, objectStore };
    const env = serviceEnv({ ...common, name: 'gateway', port, databaseUrl: databaseUrls.get('gateway') });
    const apiKey = await step('API key', () => firstKey({ home: this.#home, repositoryDir, gatewayUrl, env }));
    this.#ready = {
      gateway_url: gatewayUrl,
      docs_url: `${gatewayUrl}/docs`,
      api_key: apiKey,
      pid: process.pid,
      servers: { nats_url: nats.url, database_url: postgres.url, s3_endpoint: objectStore.url, s3: accountOf(objectStore) },
    };
    this.#record();
    return this.#ready;
  }

  /** Keeps processes.json and ready.json true after every start. */
  #record() {
    if (this.#stopping) return;
    const running = this.#supervisor.processes.filter(({ pid }) => pid !== undefined);
    recordProcesses(this.#home, running.map(({ name, pid, stopSignal }) => ({ name, pid, signal: stopSignal }))); // prettier-ignore
    if (!this.#ready) return;
    const processes = Object.fromEntries(running.map(({ name, pid }) => [name, pid]));
    const services = Object.fromEntries(running.filter(({ tier }) => tier > SERVER_TIER).map(({ name, url }) => [name, url]));
    writeJson(this.#home.readyFile, { ...this.#ready, processes, services });
  }
}

function accountOf({ accessKey, secretKey, region, bucket }) {
  return { access_key: accessKey, secret_key: secretKey, region, bucket };
}

async function checkPort(port) {
  const problem = await portProblem(port);
  if (problem === 'EADDRINUSE')
    throw new UserError(`Port ${port} is taken: stop what uses it, or choose another one with --port or EARMARK_PORT.`);
  if (problem)
    throw new UserError(`Port ${port} cannot be used (${problem}): choose one above 1023 with --port or EARMARK_PORT.`);
}
