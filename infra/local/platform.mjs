// `npm start` before there are packages: claims the home, checks the port, installs and compiles; then hands over to
// @earmark/local-platform, which starts the servers and services.
import fs from 'node:fs';
import net from 'node:net';
import { abortRunning, prepareCode } from './dependencies.mjs';
import { homePaths, prepareHome } from './home.mjs';
import { claimHome, endLeftovers, recordProcesses } from './processes.mjs';
import { step } from './progress.mjs';
import { UserError } from './user-error.mjs';

const RUN_BYTES = 512 << 20;

/** One running platform; `start()` once, then `stop()` or `kill()`. */
export class Platform {
  #home = homePaths();
  #giveHomeBack;
  #local;
  #stopping = false;

  /** Options: `port` of the gateway, `fresh` (erase data first). Returns the content of ready.json. */
  async start({ port, fresh = false }) {
    const home = this.#home;
    prepareHome(home, RUN_BYTES);
    this.#giveHomeBack = claimHome(home);
    const leftovers = await endLeftovers(home);
    if (leftovers.length > 0) console.log(`Ended what an earlier start left running: ${leftovers.join(', ')}.`);
    await checkPort(port);
    await prepareCode(home);
    const { LocalPlatform } = await import('@earmark/local-platform');
    if (this.#stopping) throw new UserError('Stopped before everything was up.');
    this.#local = new LocalPlatform({ home, step, report: (sentence) => console.log(sentence), onChildren: (children) => recordProcesses(home, children) }); // prettier-ignore
    return this.#local.start({ port, fresh });
  }

  /** Ends everything this platform started, and nothing else. */
  async stop() {
    this.#stopping = true;
    abortRunning();
    if (this.#giveHomeBack) fs.rmSync(this.#home.readyFile, { force: true }); // before anything is down
    await this.#local?.stop();
    this.#leave();
  }

  /** The same by SIGKILL. */
  async kill() {
    this.#stopping = true;
    await this.#local?.kill();
    this.#leave();
  }

  #leave() {
    if (!this.#giveHomeBack) return;
    fs.rmSync(this.#home.readyFile, { force: true });
    fs.rmSync(this.#home.processesFile, { force: true });
    this.#giveHomeBack();
  }
}

async function checkPort(port) {
  const problem = await portProblem(port);
  if (problem === 'EADDRINUSE')
    throw new UserError(`Port ${port} is taken: stop what uses it, or choose another one with --port or EARMARK_PORT.`);
  if (problem)
    throw new UserError(`Port ${port} cannot be used (${problem}): choose one above 1023 with --port or EARMARK_PORT.`);
}

/** Why nobody may listen on `port` (an errno code such as EADDRINUSE or EACCES), or undefined when it is free. */
function portProblem(port) {
  return new Promise((resolve) => {
    const server = net.createServer().once('error', (error) => resolve(error.code));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)));
  });
}
