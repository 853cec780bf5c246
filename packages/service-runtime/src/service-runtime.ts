import type { Context } from '@earmark/contracts';
import {
  ConnectionState,
  DeadLetters,
  eventConsumerPlan,
  jobConsumerPlans,
  platformCatalogue,
  type PullLoop,
  StreamEpochs,
  StreamKeeper,
  streamPlans,
  type TopologyPlan,
} from '@earmark/messaging';
import { consumersOf } from './consumers.js';
import type { FoundDoor } from './door-registry.js';
import { Housekeeping } from './housekeeping.js';
import type { RuntimePorts } from './runtime-ports.js';
import type { ServiceOptions, Sweep } from './service-options.js';

const READY_TIMEOUT_MS = 2_000;
/** After the grace time handlers have this long to notice the abort. */
const ABORT_TIME_MS = 5_000;

/** Everything of a service that runs by itself: streams, relay, consumers, sweeps. Started after the doors are open, stopped first. */
export class ServiceRuntime {
  readonly #ports: RuntimePorts;
  readonly #shutdown = new AbortController();
  #keeper: StreamKeeper | undefined;
  #housekeeping: Housekeeping | undefined;
  #loops: PullLoop[] = [];
  #stopping = false;

  constructor(ports: RuntimePorts) {
    this.#ports = ports;
  }

  /** Starts consuming and relaying. NATS or the database may be away: everything is tried again until they are back. */
  async start(doors: readonly FoundDoor[], sweeps: readonly Sweep[]): Promise<void> {
    const { options, connection, uow, sql, relay, logger } = this.#ports;
    const housekeeping = new Housekeeping(this.#ports, sweeps);
    this.#housekeeping = housekeeping;
    const epochs = new StreamEpochs({ uow, sql });
    const onReborn = (): void => {
      this.#refresh();
      relay.nudge();
      void housekeeping.sweepNow();
    };
    const keeper = new StreamKeeper({ connection, plan: topologyOf(options, doors), epochs, onReborn, logger });
    this.#keeper = keeper;
    if (!(await keeper.check())) void this.#resume(keeper);
    const deadLetters = new DeadLetters({ connection, logger });
    const check = async (): Promise<void> => void (await keeper.check());
    this.#loops = consumersOf({ ...this.#ports, doors, deadLetters, shutdown: this.#shutdown.signal, onFailure: check });
    for (const loop of this.#loops) loop.start();
    ConnectionState.of(connection).onBack(() => void this.#resume(keeper));
    keeper.start();
    relay.onRefused = () => void keeper.check();
    relay.start();
    housekeeping.start();
  }

  /** What the readiness probe wants to know; each check takes at most 2 s. */
  async readiness(): Promise<Record<'database' | 'nats' | 'streams' | 'running', boolean>> {
    const { sql, connection } = this.#ports;
    return {
      database: await succeeds(sql.query('SELECT 1')),
      nats: !connection.isClosed() && (await succeeds(connection.flush())),
      streams: this.#keeper?.healthy ?? false,
      running: !this.#stopping,
    };
  }

  /** Stops pulling, lets work in hand finish for the grace time, then aborts it; publishes what is left in the outbox last. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const graceMs = this.#ports.options.config.SHUTDOWN_GRACE_MS;
    const stopped = Promise.all([...this.#loops.map((loop) => loop.stop()), this.#housekeeping?.stop()]);
    const grace = setTimeout(() => this.#shutdown.abort(new Error('The process is stopping.')), graceMs);
    const finished = await within(stopped, graceMs + ABORT_TIME_MS);
    clearTimeout(grace);
    if (!finished) this.#ports.logger.warn({}, 'some work did not stop in time; it will be delivered again');
    await this.#keeper?.stop();
    await this.#ports.relay.stop();
  }

  /** The server is back: only when its consumers are there does asking them make sense. */
  async #resume(keeper: StreamKeeper): Promise<void> {
    await keeper.settle();
    this.#refresh();
    this.#ports.relay.nudge();
  }

  #refresh(): void {
    for (const loop of this.#loops) loop.refresh();
  }
}

function topologyOf(
  { context, config, catalogue = platformCatalogue }: ServiceOptions,
  doors: readonly FoundDoor[],
): TopologyPlan {
  const heard = new Set<Context>(doors.flatMap(({ door }) => (door.kind === 'event' ? [door.contract.context] : [])));
  return {
    streams: streamPlans({
      eventsMaxBytes: config.EVENTS_MAX_BYTES,
      jobsMaxBytes: config.JOBS_MAX_BYTES,
      deadMaxBytes: config.DEAD_MAX_BYTES,
    }),
    jobConsumers: catalogue.ownedBy(context).jobs.flatMap(jobConsumerPlans),
    eventConsumers: [...heard].map((from) => eventConsumerPlan(context, from)),
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
