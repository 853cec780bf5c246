import type { Logger } from '@earmark/service-kit';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { ConnectionState } from './connection-state.js';
import type { StreamEpochs, StreamLoss } from './stream-epochs.js';
import { ensureTopology, type TopologyPlan } from './topology.js';

export interface StreamKeeperOptions {
  readonly connection: NatsConnection;
  readonly plan: TopologyPlan;
  readonly epochs: StreamEpochs;
  /** Called when streams were re-created or lost their newest messages: sweep, relay. */
  readonly onLoss: (loss: StreamLoss) => void;
  readonly logger: Logger;
}

const CHECK_EVERY_MS = 15_000;
const SETTLE_EVERY_MS = 250;
const REQUEST_TIMEOUT_MS = 3_000;

/** Keeps streams and consumers as the contracts want them, through lost servers and deleted stores. */
export class StreamKeeper {
  readonly #options: StreamKeeperOptions;
  #timer: NodeJS.Timeout | undefined;
  #checking: Promise<boolean> | undefined;
  #healthy = false;
  #warned = false;
  #stopped = false;

  constructor(options: StreamKeeperOptions) {
    this.#options = options;
  }

  /** Whether the last check succeeded. */
  get healthy(): boolean {
    return this.#healthy;
  }

  start(): void {
    this.#timer = setInterval(() => void this.check(), CHECK_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#checking;
  }

  /** Creates what is missing and compares epochs; true when all is well. Never throws; callers share a check that is under way. */
  check(): Promise<boolean> {
    this.#checking ??= this.#check().finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  /** Checks until all is well (or the service stops): after a reconnection the server may still be reading its store. */
  async settle(): Promise<void> {
    while (!(await this.check()) && !this.#stopped) await new Promise((resolve) => setTimeout(resolve, SETTLE_EVERY_MS));
  }

  async #check(): Promise<boolean> {
    const { connection, plan, epochs, onLoss, logger } = this.#options;
    if (this.#stopped || !ConnectionState.of(connection).connected) return (this.#healthy = false);
    try {
      const manager = await jetstreamManager(connection, { checkAPI: false, timeout: REQUEST_TIMEOUT_MS });
      const infos = await ensureTopology(manager, plan);
      const loss = await epochs.compare(
        infos.map(({ config, created, state }) => ({ stream: config.name, created, lastSeq: state.last_seq })),
      );
      if (loss.streams.length > 0) {
        logger.warn({ ...loss }, 'streams were re-created or lost messages: replaying events and sweeping jobs');
        onLoss(loss);
      }
      return (this.#healthy = true);
    } catch (error) {
      if (this.#healthy || !this.#warned)
        logger.warn({ error }, 'streams and consumers cannot be checked; trying again until they can');
      this.#warned = true;
      return (this.#healthy = false);
    }
  }
}
