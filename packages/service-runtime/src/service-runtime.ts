import {
  ConnectionState,
  DeadLetters,
  type EventListener,
  eventConsumerPlan,
  jobConsumerPlans,
  platformCatalogue,
  type PullLoop,
  StreamEpochs,
  StreamKeeper,
  streamPlans,
  type TopologyPlan,
} from '@earmark/messaging';
import { consumersOf, heardContexts, listenersOf } from './consumers.js';
import type { FoundHandler } from './handlers/handler-registry.js';
import type { RuntimeParts } from './service-parts.js';
import { ServiceTasks } from './service-tasks.js';

const READY_TIMEOUT_MS = 2_000;
/** After the grace time handlers have this long to notice the abort. */
const ABORT_TIME_MS = 5_000;

/** Everything of a service that runs by itself: streams, relay, consumers, tasks. Started after the service answers calls, stopped before. */
export class ServiceRuntime {
  readonly #parts: RuntimeParts;
  readonly #shutdown = new AbortController();
  #keeper: StreamKeeper | undefined;
  #tasks: ServiceTasks | undefined;
  #loops: PullLoop[] = [];
  #listeners: EventListener[] = [];
  #stopping = false;

  constructor(parts: RuntimeParts) {
    this.#parts = parts;
  }

  /** Starts consuming and relaying. NATS or the database may be away: everything is tried again until they are back. */
  async start(found: readonly FoundHandler[]): Promise<void> {
    const { connection, relay, logger } = this.#parts;
    const keeper = this.#keepStreams(found);
    const tasks = (this.#tasks = new ServiceTasks(this.#parts, found));
    if (!(await keeper.check())) void this.#resume(keeper);
    const check = async (): Promise<void> => void (await keeper.check());
    const deadLetters = new DeadLetters({ connection, logger });
    this.#loops = consumersOf(this.#parts, { found, deadLetters, shutdown: this.#shutdown.signal, onFailure: check });
    this.#listeners = listenersOf(this.#parts, found);
    for (const part of [...this.#loops, ...this.#listeners]) part.start();
    ConnectionState.of(connection).onBack(() => void this.#resume(keeper));
    keeper.start();
    relay.onRefused = () => void check();
    relay.start();
    tasks.start();
  }

  /** What the readiness probe wants to know; each check takes at most 2 s. */
  async readiness(): Promise<Record<'database' | 'nats' | 'streams' | 'running', boolean>> {
    const { sql, connection } = this.#parts;
    return {
      database: await succeeds(sql.query('SELECT 1')),
      nats: !connection.isClosed() && (await succeeds(connection.flush())),
      streams: this.#keeper?.healthy ?? false,
      running: !this.#stopping,
    };
  }

  /** From now on the service is not ready; it still does everything. */
  announceStop(): void {
    this.#stopping = true;
  }

  /** Stops pulling, lets work in hand finish for the grace time, then aborts it. */
  async stop(): Promise<void> {
    this.announceStop();
    const graceMs = this.#parts.config.SHUTDOWN_GRACE_MS;
    const stopped = Promise.all([...this.#loops.map((loop) => loop.stop()), this.#tasks?.stop()]);
    const grace = setTimeout(() => this.#shutdown.abort(new Error('The process is stopping.')), graceMs);
    const finished = await within(stopped, graceMs + ABORT_TIME_MS);
    clearTimeout(grace);
    if (!finished) this.#parts.logger.warn({}, 'some work did not stop in time; it will be delivered again');
    await this.#keeper?.stop();
  }

  /** After the last request has been answered: the last run of tasks that ask for it, and publishing what is left in the outbox. */
  async finish(): Promise<void> {
    for (const listener of this.#listeners) listener.stop();
    await this.#tasks?.runLast();
    await this.#parts.relay.stop();
  }

  #keepStreams(found: readonly FoundHandler[]): StreamKeeper {
    const { connection, uow, sql, relay, logger } = this.#parts;
    const onLoss = (): void => {
      this.#refresh();
      relay.nudge();
      void this.#tasks?.sweepNow();
    };
    const plan = topologyOf(this.#parts, found);
    this.#keeper = new StreamKeeper({ connection, plan, epochs: new StreamEpochs({ uow, sql }), onLoss, logger });
    return this.#keeper;
  }

  /** The server is back: only when its consumers are there does asking them make sense. */
  async #resume(keeper: StreamKeeper): Promise<void> {
    await keeper.settle();
    this.#refresh();
    this.#parts.relay.nudge();
  }

  #refresh(): void {
    for (const loop of this.#loops) loop.refresh();
  }
}

function topologyOf({ service, config }: RuntimeParts, found: readonly FoundHandler[]): TopologyPlan {
  const { jobs } = (service.catalogue ?? platformCatalogue).ownedBy(service.context);
  return {
    streams: streamPlans({
      eventsMaxBytes: config.EVENTS_MAX_BYTES,
      jobsMaxBytes: config.JOBS_MAX_BYTES,
      deadMaxBytes: config.DEAD_MAX_BYTES,
    }),
    jobConsumers: jobs.flatMap(jobConsumerPlans),
    eventConsumers: heardContexts(found).map((from) => eventConsumerPlan(service.context, from)),
  };
}

async function succeeds(check: Promise<unknown>): Promise<boolean> {
  return within(
    check.then(
      () => true,
      () => false,
    ),
    READY_TIMEOUT_MS,
  ).then((outcome) => outcome === true);
}

/** The result, or false when it takes longer than `timeoutMs`. */
async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T | false> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), timeoutMs)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
