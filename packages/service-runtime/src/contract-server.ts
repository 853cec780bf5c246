import { Problem } from '@earmark/contracts';
import { ConnectionState, type Msg, type NatsConnection, problemReply, type Subscription } from '@earmark/messaging';
import type { Logger } from '@earmark/service-kit';
import { NatsContext, ServerNats } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';

/** What a request that is not JSON looks like to the handler: no schema accepts it. */
const UNREADABLE = Symbol('unreadable');

/**
 * Nest's NATS transport on the connection that the whole process shares, with plain JSON on the wire: the request as it is, and
 * `{ ok }` or `{ problem }` back. Closing drains: requests that have arrived are answered, and the connection stays open.
 */
export class ContractServer extends ServerNats {
  readonly #connection: NatsConnection;
  readonly #queue: string;
  readonly #log: Logger;
  readonly #subscribed: Subscription[] = [];
  readonly #inHand = new Set<Promise<void>>();

  constructor({ connection, queue, logger }: { connection: NatsConnection; queue: string; logger: Logger }) {
    super({});
    this.#connection = connection;
    this.#queue = queue;
    this.#log = logger;
  }

  override createNatsClient(): Promise<NatsConnection> {
    return Promise.resolve(this.#connection);
  }

  /** The connection logs its own state. */
  override handleStatusUpdates(): Promise<void> {
    return Promise.resolve();
  }

  override bindEvents(connection: NatsConnection): void {
    for (const subject of this.getHandlers().keys()) {
      const callback = (error: Error | null, message: Msg): void => this.#receive(subject, error, message);
      this.#subscribed.push(connection.subscribe(subject, { queue: this.#queue, callback }));
    }
  }

  override async close(): Promise<void> {
    const open = ConnectionState.of(this.#connection).connected ? this.#subscribed : [];
    await Promise.all(open.map((subscription) => subscription.drain()));
    await Promise.all(this.#inHand);
  }

  override async handleMessage(subject: string, message: Msg): Promise<void> {
    this.#respond(message, await this.#answer(subject, message));
  }

  #receive(subject: string, error: Error | null, message: Msg): void {
    if (error !== null) return this.#log.error({ subject, error }, 'a subscription failed');
    const work = this.handleMessage(subject, message).finally(() => this.#inHand.delete(work));
    this.#inHand.add(work);
  }

  async #answer(subject: string, message: Msg): Promise<unknown> {
    try {
      const handler = this.getHandlerByPattern(subject);
      if (handler === null) throw new Error(`Nothing handles ${subject}.`);
      const result: unknown = await handler(jsonOf(message), new NatsContext([message.subject, message.headers]));
      return await lastValueFrom(this.transformToObservable(result));
    } catch (error) {
      this.#log.error({ subject, error }, 'a call failed before it reached its handler');
      return problemReply(new Problem('internal', 'Something went wrong on our side.'));
    }
  }

  #respond(message: Msg, reply: unknown): void {
    try {
      message.respond(JSON.stringify(reply));
    } catch (error) {
      // Larger than the server takes, most likely; the caller should hear that rather than wait.
      this.#log.error({ subject: message.subject, error }, 'an answer could not be sent');
      message.respond(JSON.stringify(problemReply(new Problem('internal', 'The answer could not be sent.'))));
    }
  }
}

function jsonOf(message: Msg): unknown {
  try {
    return message.json();
  } catch {
    return UNREADABLE; // the interceptor answers validation_failed
  }
}
