import type { Logger } from './logger.js';
import type { Sql } from './sql.js';

export interface PeriodicTaskOptions {
  readonly name: string;
  readonly everyMs: number;
  readonly run: () => Promise<void>;
  readonly sql: Sql;
  readonly logger: Logger;
  /** Every replica for itself instead of one at a time (database lock). */
  readonly onEveryReplica?: boolean;
}

/** Something to do every `everyMs`, on one replica at a time unless said otherwise, never overlapping itself. A failure is logged. */
export class PeriodicTask {
  readonly #options: PeriodicTaskOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(options: PeriodicTaskOptions) {
    this.#options = options;
  }

  /** Starts the rhythm; the first run is one period from now. */
  start(): void {
    this.#timer ??= setInterval(() => void this.runNow(), this.#options.everyMs).unref();
  }

  /** One run now, or the running one when there is one. Never throws. */
  runNow(): Promise<void> {
    this.#running ??= this.#once().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Ends the rhythm and waits for the run in progress. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  async #once(): Promise<void> {
    const { name, run, sql, logger, onEveryReplica } = this.#options;
    try {
      if (onEveryReplica === true) return await run();
      const ran = await sql.exclusively(`task ${name}`, run);
      if (!ran) logger.debug({ task: name }, 'another replica runs the task');
    } catch (error) {
      logger.warn({ task: name, error }, 'a periodic task failed and will run again');
    }
  }
}
