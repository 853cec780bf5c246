import type { Message } from '@earmark/contracts';
import type { Clock, Logger, Outbox, Sql, UnitOfWork } from '@earmark/service-kit';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { ConnectionState } from './connection-state.js';
import { jobConsumerName, streams } from './topology.js';

export interface SweeperOptions {
  readonly connection: NatsConnection;
  readonly uow: UnitOfWork;
  readonly sql: Sql;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** However long a queue is, rows get a new message this often: a lost one must not wait for a queue that never empties. */
const BUSY_QUEUE_MS = 600_000;

/** Gives work that nobody holds a new message. A queue that still has deliveries waiting or in hand is left alone for 10 minutes. */
export class Sweeper {
  readonly #options: SweeperOptions;
  readonly #sweptAtMs = new Map<string, number>();

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  /** Appends the messages whose queue is empty to the outbox, each under a new id. */
  async emit(name: string, messages: readonly Message[]): Promise<void> {
    const { connection, uow, outbox, logger } = this.#options;
    if (messages.length === 0 || !ConnectionState.of(connection).connected) return;
    const idle = new Map<string, boolean>();
    for (const { subject } of messages) if (!idle.has(subject)) idle.set(subject, await this.#mayEmit(subject));
    const lost = messages.filter(({ subject }) => idle.get(subject) === true);
    if (lost.length === 0) return;
    await uow.transaction(() => outbox.append(lost));
    logger.info({ sweep: name, messages: lost.length }, 'work without a message was queued again');
  }

  async #mayEmit(subject: string): Promise<boolean> {
    const nowMs = this.#options.clock.now().getTime();
    const sweptAtMs = this.#sweptAtMs.get(subject) ?? this.#start(subject, nowMs);
    if (nowMs - sweptAtMs < BUSY_QUEUE_MS && !(await this.#isEmpty(subject))) return false;
    this.#sweptAtMs.set(subject, nowMs);
    return true;
  }

  #start(subject: string, nowMs: number): number {
    this.#sweptAtMs.set(subject, nowMs);
    return nowMs;
  }

  /** Neither in the queue nor on the way to it. */
  async #isEmpty(subject: string): Promise<boolean> {
    const onTheWay = 'SELECT 1 FROM outbox WHERE published_at IS NULL AND subject = $1::text LIMIT 1';
    if ((await this.#options.sql.query(onTheWay, subject)).length > 0) return false;
    const manager = await jetstreamManager(this.#options.connection, { checkAPI: false });
    const info = await manager.consumers.info(streams.jobs, jobConsumerName(subject));
    return info.num_pending + info.num_ack_pending === 0;
  }
}
