import { metrics, type Logger } from '@earmark/service-kit';
import { jetstream, type JetStreamClient, type JsMsg } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { messageIdOf } from './incoming.js';

export interface DeadLetterReason {
  /** A problem code, `bug` or `unreadable`. */
  readonly reason: string;
  readonly detail: string;
}

const MAX_DETAIL = 2_000;

const movedCount = metrics.counter({
  name: 'earmark_dead_letters_total',
  help: 'Messages given up',
  labels: ['subject', 'reason'],
});

/** Keeps what could not be handled: a copy on `dlq.<subject>` (stream DEAD) with the reason, then `term`. */
export class DeadLetters {
  readonly #client: JetStreamClient;
  readonly #logger: Logger;

  constructor({ connection, logger }: { connection: NatsConnection; logger: Logger }) {
    this.#client = jetstream(connection);
    this.#logger = logger;
  }

  /** Copies the message, then terminates it; when the copy is refused the message stays and comes again after `elseAfterMs`. */
  async move(message: JsMsg, why: DeadLetterReason, elseAfterMs: number): Promise<void> {
    const { subject, info } = message;
    const about = { subject, consumer: info.consumer, messageId: messageIdOf(message), deliveries: info.deliveryCount };
    try {
      const msgID = `dead-${info.consumer}-${messageIdOf(message)}`;
      await this.#client.publish(`dlq.${subject}`, message.data, { headers: deadLetterHeaders(message, why), msgID });
      message.term();
      movedCount.inc({ subject, reason: why.reason });
      this.#logger.error({ ...about, ...why }, 'a message went to the dead letters');
    } catch (error) {
      this.#logger.error({ ...about, ...why, error }, 'a dead letter could not be stored; the message will come again');
      message.nak(elseAfterMs);
    }
  }
}

/** The original headers, those of JetStream apart, and what happened. */
function deadLetterHeaders(message: JsMsg, { reason, detail }: DeadLetterReason): MsgHdrs {
  const result = headers();
  for (const [name, values] of message.headers ?? [])
    if (!name.startsWith('Nats-')) for (const value of values) result.append(name, value);
  const { stream, consumer, streamSequence, deliveryCount } = message.info;
  result.set('earmark-reason', reason);
  result.set('earmark-detail', detail.replaceAll(/\s+/g, ' ').slice(0, MAX_DETAIL));
  result.set('earmark-stream', stream);
  result.set('earmark-consumer', consumer);
  result.set('earmark-sequence', String(streamSequence));
  result.set('earmark-deliveries', String(deliveryCount));
  result.set('earmark-subject', message.subject);
  return result;
}
