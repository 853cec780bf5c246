// Keeps processes running: one that dies is started again on the same command line, port and data, ever more slowly while it keeps dying.
import { setTimeout as delay } from 'node:timers/promises';
import type { Exit, ManagedProcess } from './managed-process.js';

const BACK_OFF_MS = [200, 1_000, 2_000, 5_000, 10_000, 30_000] as const;
const STEADY_MS = 60_000; // after this long a process counts as healthy again

/** A process with its place in the order of stopping: higher tiers stop first, equal tiers together. */
export interface Supervised {
  readonly managed: ManagedProcess;
  readonly tier: number;
}

export interface SupervisorOptions {
  /** Tells the operator. */
  readonly report: (sentence: string) => void;
  /** Called whenever a process id changed. */
  readonly onChange: () => void;
}

export class Supervisor {
  readonly #supervised: Supervised[] = [];
  readonly #stopping = new AbortController();
  readonly #options: SupervisorOptions;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Every supervised process, in the order of start. */
  get supervised(): readonly Supervised[] {
    return this.#supervised;
  }

  /** Starts a process and looks after it from then on. A first start that fails throws. */
  async start(managed: ManagedProcess, tier: number): Promise<void> {
    this.#supervised.push({ managed, tier });
    let deaths = 0;
    let startedAtMs = 0;
    const revive = async (how: Exit): Promise<void> => {
      deaths = performance.now() - startedAtMs > STEADY_MS ? 1 : deaths + 1;
      await this.#revive(managed, how, deaths);
      startedAtMs = performance.now();
    };
    managed.onUnexpectedExit = (how) => void revive(how);
    await managed.start();
    startedAtMs = performance.now();
    this.#options.onChange();
  }

  async #revive(managed: ManagedProcess, { code, signal }: Exit, deaths: number): Promise<void> {
    for (let attempt = deaths; !this.#stopping.signal.aborted; attempt += 1) {
      const waitMs = BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length) - 1] ?? 0;
      const how = signal ?? `exit code ${code}`;
      this.#options.report(`${managed.name} ended (${how}); starting it again in ${waitMs / 1000} s. Log: ${managed.logFile}`);
      if (await this.#startAgain(managed, waitMs)) return;
    }
  }

  async #startAgain(managed: ManagedProcess, waitMs: number): Promise<boolean> {
    try {
      await delay(waitMs, undefined, { signal: this.#stopping.signal });
      await managed.start();
      this.#options.report(`${managed.name} is running again (process ${managed.pid}).`);
      this.#options.onChange();
      return true;
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#options.report((error as Error).message.split('\n')[0] ?? '');
      return false;
    }
  }

  /** Stops everything: the highest tier first, equal tiers together. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const tiers = [...new Set(this.#supervised.map(({ tier }) => tier))].sort((a, b) => b - a);
    for (const tier of tiers) {
      const together = this.#supervised.filter((one) => one.tier === tier);
      await Promise.all(together.map(({ managed }) => managed.stop()));
    }
  }

  /** SIGKILL to everything. */
  async kill(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#supervised.map(({ managed }) => managed.kill()));
  }
}
