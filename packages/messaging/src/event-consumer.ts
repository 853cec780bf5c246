import type { EventContract } from '@earmark/contracts';
import { asProblem, metrics, withTrace, type Inbox, type Logger, type UnitOfWork } from '@earmark/service-kit';
import type { JsMsg } from '@nats-io/jetstream';
import type { DeadLetters } from './dead-letters.js';
import { verdictOfError, type Verdict } from './delivery-verdict.js';
import { messageIdOf, payloadOf, timeOf, traceOf } from './incoming.js';
import { keepWorking } from './keep-working.js';
import { EVENT_ACK_WAIT_MS } from './topology.js';

export interface EventHandler {
  readonly contract: EventContract;
  readonly on: (payload: unknown, meta: { messageId: string; time: Date }) => Promise<void>;
}

export interface EventConsumerOptions {
  /** Durable name; also the consumer in the inbox. */
  readonly consumer: string;
  readonly handlers: readonly EventHandler[];
  readonly uow: UnitOfWork;
  readonly inbox: Inbox;
  readonly deadLetters: DeadLetters;
  readonly logger: Logger;
}

/** Events have no table of their own: bugs get these, outages the last one for ever. */
export const EVENT_RETRY_DELAYS_MS = [1_000, 5_000, 15_000, 60_000, 120_000] as const;
const COME_AGAIN_MS = 5_000;

const handled = metrics.counter({
  name: 'earmark_events_handled_total',
  help: 'Event deliveries by what became of them',
  labels: ['event', 'outcome'],
});

/** Turns deliveries of one context's events into effects that happen exactly once. Never throws. */
export class EventConsumer {
  readonly #options: EventConsumerOptions;

  constructor(options: EventConsumerOptions) {
    this.#options = options;
  }

  readonly handle = (message: JsMsg): Promise<void> => withTrace(traceOf(message), () => this.#handle(message));

  async #handle(message: JsMsg): Promise<void> {
    const handlers = this.#options.handlers.filter(({ contract }) => contract.subject === message.subject);
    const [first] = handlers;
    if (first === undefined) return message.ack(); // the filter is the whole context; this fact does not concern us
    const parsed = payloadOf(message, first.contract.payload);
    const verdict: Verdict =
      'unreadable' in parsed
        ? { kind: 'dead', reason: 'unreadable', detail: parsed.unreadable }
        : await this.#apply(message, handlers, parsed.payload);
    handled.inc({ event: first.contract.name, outcome: verdict.kind });
    if (verdict.kind === 'ack') message.ack();
    else if (verdict.kind === 'nak') message.nak(verdict.delayMs);
    else await this.#options.deadLetters.move(message, verdict, COME_AGAIN_MS);
  }

  async #apply(message: JsMsg, handlers: readonly EventHandler[], payload: unknown): Promise<Verdict> {
    const { uow, inbox, consumer, logger } = this.#options;
    const messageId = messageIdOf(message);
    const stopExtending = keepWorking(message, EVENT_ACK_WAIT_MS);
    try {
      await uow.transaction(async () => {
        if (!(await inbox.firstTime(consumer, messageId))) return;
        for (const { on } of handlers) await on(payload, { messageId, time: timeOf(message) });
      });
      return { kind: 'ack' };
    } catch (error) {
      const about = { subject: message.subject, messageId, attempt: message.info.deliveryCount, error };
      if (asProblem(error) === null) logger.error(about, 'an event handler failed by a bug');
      else logger.warn(about, 'an event could not be applied');
      return verdictOf(error, message.info.deliveryCount);
    } finally {
      stopExtending();
    }
  }
}

/** An outage is not the event's fault: it waits for ever, because nobody would send it again. */
function verdictOf(error: unknown, attempt: number): Verdict {
  const limit = EVENT_RETRY_DELAYS_MS.length;
  const counted = asProblem(error)?.kind.retryable === true ? Math.min(attempt, limit) : attempt;
  return verdictOfError(error, counted, EVENT_RETRY_DELAYS_MS);
}
