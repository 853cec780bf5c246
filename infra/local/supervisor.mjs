// Keeps processes running: one that dies is started again on the same command line, port and data, ever more slowly while it keeps dying.
import { setTimeout as delay } from 'node:timers/promises';

const BACK_OFF_MS = [200, 1_000, 2_000, 5_000, 10_000, 30_000];
const STEADY_MS = 60_000; // after this long a process counts as healthy again

/** `report(sentence)` tells the operator; `onChange()` is called whenever a process id changed. */
export class Supervisor {
  #processes = [];
  #stopping = new AbortController();
  #report;
  #onChange;

  constructor({ report, onChange }) {
    this.#report = report;
    this.#onChange = onChange;
  }

  /** Every supervised process, in the order of start. */
  get processes() {
    return this.#processes;
  }

  /** Starts a ManagedProcess and looks after it from then on. A first start that fails throws. */
  async start(managed) {
    this.#processes.push(managed);
    let deaths = 0;
    let startedAt = 0;
    managed.onUnexpectedExit = async (how) => {
      deaths = performance.now() - startedAt > STEADY_MS ? 1 : deaths + 1;
      await this.#revive(managed, how, deaths);
      startedAt = performance.now();
    };
    await managed.start();
    startedAt = performance.now();
    this.#onChange();
  }

  async #revive(managed, { code, signal }, deaths) {
    for (let attempt = deaths; !this.#stopping.signal.aborted; attempt += 1) {
      const waitMs = BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length) - 1];
      this.#report(
        `${managed.name} ended (${signal ?? `exit code ${code}`}); starting it again in ${waitMs / 1000} s. Log: ${managed.logFile}`,
      );
      try {
        await delay(waitMs, undefined, { signal: this.#stopping.signal });
        await managed.start();
        this.#report(`${managed.name} is running again (process ${managed.pid}).`);
        return this.#onChange();
      } catch (error) {
        if (!this.#stopping.signal.aborted) this.#report(error.message.split('\n')[0]);
      }
    }
  }

  /** Stops everything: the last started first, services (equal `tier`) together. */
  async stop() {
    this.#stopping.abort();
    const tiers = [...new Set(this.#processes.map((managed) => managed.tier))].sort((a, b) => b - a);
    for (const tier of tiers)
      await Promise.all(this.#processes.filter((managed) => managed.tier === tier).map((managed) => managed.stop()));
  }

  /** SIGKILL to everything, at once. */
  async kill() {
    this.#stopping.abort();
    await Promise.all(this.#processes.map((managed) => managed.kill()));
  }
}
