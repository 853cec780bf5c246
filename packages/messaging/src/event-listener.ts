import { withTrace, startTrace, type Logger } from '@earmark/service-kit';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { EventHandler } from './event-consumer.js';
import { payloadOf } from './incoming.js';

export interface EventListenerOptions {
  readonly connection: NatsConnection;
  readonly handler: EventHandler;
  readonly logger: Logger;
}

/** Hears an event as it is published, on every replica and at most once: what JetStream stores also reaches whoever subscribes. */
export class EventListener {
  readonly #options: EventListenerOptions;
  #end: () => void = () => undefined;

  constructor(options: EventListenerOptions) {
    this.#options = options;
  }

  start(): void {
    const { connection, handler, logger } = this.#options;
    const subscription = connection.subscribe(handler.contract.subject, {
      callback: (error, message) => {
        if (error === null) void this.#hear(message);
        else logger.warn({ event: handler.contract.name, error }, 'listening to an event failed');
      },
    });
    this.#end = () => subscription.unsubscribe();
  }

  stop(): void {
    this.#end();
  }

  async #hear(message: Msg): Promise<void> {
    const { handler, logger } = this.#options;
    const header = (name: string): string => message.headers?.get(name) ?? '';
    const parsed = payloadOf(message, handler.contract.payload);
    if ('unreadable' in parsed)
      return logger.warn({ event: handler.contract.name, why: parsed.unreadable }, 'an event could not be read');
    const meta = { messageId: header('ce-id'), time: new Date(header('ce-time')) };
    try {
      await withTrace(startTrace(header('traceparent')), () => handler.on(parsed.payload, meta));
    } catch (error) {
      logger.error({ event: handler.contract.name, error }, 'an event handler failed by a bug');
    }
  }
}
