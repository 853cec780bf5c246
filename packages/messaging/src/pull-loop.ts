import type { Logger } from '@earmark/service-kit';
import { jetstream, type Consumer, type ConsumerMessages, type JetStreamClient, type JsMsg } from '@nats-io/jetstream';
import { backoff, type NatsConnection } from '@nats-io/transport-node';

export interface PullLoopOptions {
  readonly connection: NatsConnection;
  readonly stream: string;
  readonly consumer: string;
  /** Messages in hand at once. */
  readonly slots: number;
  /** Handles and settles one message; must not throw. */
  readonly handle: (message: JsMsg) => Promise<void>;
  /** Called when pulling fails, before it is tried again: the stream or the consumer may be gone. */
  readonly onFailure: () => Promise<void>;
  readonly logger: Logger;
}

/** One pull request stays open this long when nothing arrives; a server that forgot it is noticed within the same time. */
const PULL_EXPIRES_MS = 10_000;
const RETRY_DELAYS_MS = [100, 500, 1_000, 2_000, 5_000];

/** Pulls messages of one durable consumer for ever: each slot asks for one message, has it handled, and asks again. */
export class PullLoop {
  readonly #options: PullLoopOptions;
  readonly #client: JetStreamClient;
  readonly #open = new Set<ConsumerMessages>();
  #stopped = false;
  #slots: Promise<void>[] = [];
  #wake: () => void = () => undefined;
  readonly #stopping = new Promise<void>((resolve) => (this.#wake = resolve));

  constructor(options: PullLoopOptions) {
    this.#options = options;
    this.#client = jetstream(options.connection);
  }

  start(): void {
    this.#slots = Array.from({ length: this.#options.slots }, () => this.#slot());
  }

  /** Asks anew, at once: after a reconnection the server has forgotten the open requests. */
  refresh(): void {
    for (const messages of this.#open) void messages.close();
  }

  /** Stops asking; the result resolves when nothing is in hand any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    this.refresh();
    await Promise.all(this.#slots);
  }

  async #slot(): Promise<void> {
    let consumer: Consumer | null = null;
    let failures = 0;
    while (!this.#stopped && !this.#options.connection.isClosed()) {
      try {
        consumer ??= await this.#client.consumers.get(this.#options.stream, this.#options.consumer);
        const message = await this.#pull(consumer);
        failures = 0;
        if (message !== null) await this.#take(message);
      } catch (error) {
        consumer = null;
        await this.#recover(error, failures++);
      }
    }
  }

  async #pull(consumer: Consumer): Promise<JsMsg | null> {
    const messages = await consumer.fetch({ max_messages: 1, expires: PULL_EXPIRES_MS });
    this.#open.add(messages);
    if (this.#stopped) void messages.close();
    try {
      for await (const message of messages) return message;
      return null;
    } finally {
      this.#open.delete(messages);
    }
  }

  async #take(message: JsMsg): Promise<void> {
    if (this.#stopped) message.nak();
    else await this.#options.handle(message);
  }

  async #recover(error: unknown, failures: number): Promise<void> {
    if (this.#stopped) return;
    const { stream, consumer, logger, onFailure } = this.#options;
    logger.debug({ stream, consumer, error }, 'could not pull messages');
    let timer: NodeJS.Timeout | undefined;
    const pause = new Promise<void>((resolve) => (timer = setTimeout(resolve, backoff(RETRY_DELAYS_MS).backoff(failures))));
    await Promise.race([pause, this.#stopping]);
    clearTimeout(timer);
    if (!this.#stopped) await onFailure();
  }
}
