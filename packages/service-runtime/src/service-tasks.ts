import { REPLAY_DAYS, Sweeper } from '@earmark/messaging';
import type { Message } from '@earmark/contracts';
import { PeriodicTask } from '@earmark/service-kit';
import { choose } from './handlers/handler-metadata.js';
import { ofKind, type FoundHandler, type FoundOf } from './handlers/handler-registry.js';
import type { RuntimeParts } from './service-parts.js';

const PURGE_EVERY_MS = 600_000;

/** Old rows of the common tables. The inbox is kept longer than the outbox, so that a replayed event is always recognised. */
const PURGES = [
  `DELETE FROM outbox WHERE published_at < now() - interval '${REPLAY_DAYS} days'`,
  `DELETE FROM inbox WHERE received_at < now() - interval '${2 * REPLAY_DAYS} days'`,
  `DELETE FROM idempotency WHERE created_at < now() - interval '24 hours'`,
];

/** What a service does by itself, again and again: its tasks, its sweeps for lost work, and removing old rows of the common tables. */
export class ServiceTasks {
  readonly #sweeps: readonly PeriodicTask[];
  readonly #others: readonly PeriodicTask[];
  readonly #atStop: readonly PeriodicTask[];

  constructor(parts: RuntimeParts, found: readonly FoundHandler[]) {
    const tasks = ofKind('task', found).map((one) => ({ task: taskOf(parts, one), ...one.handler.task }));
    this.#sweeps = ofKind('sweep', found).map((one) => sweepOf(parts, one));
    this.#others = [...tasks.map(({ task }) => task), purgeOf(parts)];
    this.#atStop = tasks.filter(({ atStop }) => atStop).map(({ task }) => task);
  }

  start(): void {
    for (const task of this.#all()) task.start();
  }

  async sweepNow(): Promise<void> {
    await Promise.all(this.#sweeps.map((task) => task.runNow()));
  }

  /** Ends the rhythms and waits for what is running. */
  async stop(): Promise<void> {
    await Promise.all(this.#all().map((task) => task.stop()));
  }

  /** Runs what is to run once more, after the last request has been answered. */
  async runLast(): Promise<void> {
    await Promise.all(this.#atStop.map((task) => task.runNow()));
  }

  #all(): PeriodicTask[] {
    return [...this.#sweeps, ...this.#others];
  }
}

function taskOf({ sql, logger, config }: RuntimeParts, { handler: { task }, call }: FoundOf<'task'>): PeriodicTask {
  const { name, onEveryReplica } = task;
  const run = async (): Promise<void> => void (await call());
  return new PeriodicTask({ name, everyMs: choose(task.everyMs, config), run, sql, logger, onEveryReplica });
}

function sweepOf(parts: RuntimeParts, { handler: { name, everyMs }, call }: FoundOf<'sweep'>): PeriodicTask {
  const sweeper = new Sweeper(parts);
  const run = async (): Promise<void> => sweeper.emit(name, (await call()) as readonly Message[]);
  const { sql, logger } = parts;
  return new PeriodicTask({ name: `sweep ${name}`, everyMs, run, sql, logger });
}

function purgeOf({ sql, logger }: RuntimeParts): PeriodicTask {
  const run = async (): Promise<void> => {
    for (const statement of PURGES) await sql.execute(statement);
  };
  return new PeriodicTask({ name: 'purge', everyMs: PURGE_EVERY_MS, run, sql, logger });
}
