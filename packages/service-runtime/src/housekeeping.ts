import { REPLAY_DAYS, Sweeper } from '@earmark/messaging';
import { PeriodicTask } from '@earmark/service-kit';
import type { RuntimePorts } from './runtime-ports.js';
import type { Sweep } from './service-options.js';

const SWEEP_EVERY_MS = 30_000;
const PURGE_EVERY_MS = 600_000;

/** Old rows of the common tables. The inbox is kept longer than the outbox, so that a replayed event is always recognised. */
const PURGES = [
  `DELETE FROM outbox WHERE published_at < now() - interval '${REPLAY_DAYS} days'`,
  `DELETE FROM inbox WHERE received_at < now() - interval '${2 * REPLAY_DAYS} days'`,
  `DELETE FROM idempotency WHERE created_at < now() - interval '24 hours'`,
];

/** The periodic tasks of a service: its sweeps, and removing old rows. */
export class Housekeeping {
  readonly #sweeps: readonly PeriodicTask[];
  readonly #purge: PeriodicTask;

  constructor(ports: RuntimePorts, sweeps: readonly Sweep[]) {
    const { sql, logger } = ports;
    const sweeper = new Sweeper(ports);
    this.#sweeps = sweeps.map((sweep) => {
      const run = async (): Promise<void> => sweeper.emit(sweep.name, await sweep.find());
      return new PeriodicTask({ name: `sweep ${sweep.name}`, everyMs: sweep.everyMs ?? SWEEP_EVERY_MS, run, sql, logger });
    });
    this.#purge = new PeriodicTask({ name: 'purge', everyMs: PURGE_EVERY_MS, run: () => purge(ports), sql, logger });
  }

  start(): void {
    for (const task of this.#tasks()) task.start();
  }

  async sweepNow(): Promise<void> {
    await Promise.all(this.#sweeps.map((task) => task.runNow()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#tasks().map((task) => task.stop()));
  }

  #tasks(): PeriodicTask[] {
    return [...this.#sweeps, this.#purge];
  }
}

async function purge({ sql }: RuntimePorts): Promise<void> {
  for (const statement of PURGES) await sql.execute(statement);
}
