import type { JobContract } from '@earmark/contracts';
import { asProblem, metrics, withTrace, type Logger, type Outcome, type Work } from '@earmark/service-kit';
import type { JsMsg } from '@nats-io/jetstream';
import type { DeadLetters } from './dead-letters.js';
import { verdictOfError, verdictOfOutcome, type Verdict } from './delivery-verdict.js';
import { messageIdOf, payloadOf, traceOf } from './incoming.js';
import { keepWorking } from './keep-working.js';

export interface JobConsumerOptions {
  readonly contract: Pick<JobContract, 'name' | 'payload' | 'delivery'>;
  readonly run: (payload: unknown, work: Work) => Promise<Outcome>;
  readonly owner: string;
  /** Aborts when the process has to stop. */
  readonly shutdown: AbortSignal;
  readonly deadLetters: DeadLetters;
  readonly logger: Logger;
}

const durations = metrics.histogram({
  name: 'earmark_job_seconds',
  help: 'Time a job delivery was in hand',
  labels: ['job', 'outcome'],
  buckets: [0.1, 1, 5, 15, 60, 300, 1800, 7200],
});

/** After a copy to the dead letters failed, or when the process stops. */
const COME_AGAIN_MS = 5_000;

/** Turns deliveries of one job into calls of its handler, and what comes of it into ack, nak, working or term. Never throws. */
export class JobConsumer {
  readonly #options: JobConsumerOptions;

  constructor(options: JobConsumerOptions) {
    this.#options = options;
  }

  readonly handle = (message: JsMsg): Promise<void> => withTrace(traceOf(message), () => this.#handle(message));

  async #handle(message: JsMsg): Promise<void> {
    const { contract, deadLetters } = this.#options;
    const parsed = payloadOf(message, contract.payload);
    if ('unreadable' in parsed)
      return deadLetters.move(message, { reason: 'unreadable', detail: parsed.unreadable }, COME_AGAIN_MS);
    const end = durations.startTimer({ job: contract.name });
    const verdict = await this.#run(message, parsed.payload);
    end({ outcome: verdict.kind });
    if (verdict.kind === 'ack') message.ack();
    else if (verdict.kind === 'nak') message.nak(verdict.delayMs);
    else await deadLetters.move(message, verdict, COME_AGAIN_MS);
  }

  async #run(message: JsMsg, payload: unknown): Promise<Verdict> {
    const { contract, run, owner, shutdown, logger } = this.#options;
    const attempt = message.info.deliveryCount;
    const messageId = messageIdOf(message);
    const about = { job: contract.name, messageId, attempt };
    const stillWorking = (): Promise<void> => Promise.resolve(message.working());
    const stopExtending = keepWorking(message, contract.delivery.ackWaitMs);
    try {
      const outcome = await run(payload, { owner, attempt, messageId, signal: shutdown, stillWorking });
      if (outcome.kind === 'skipped') logger.info({ ...about, why: outcome.why }, 'a job had nothing to do');
      return verdictOfOutcome(outcome);
    } catch (error) {
      if (shutdown.aborted) return { kind: 'nak', delayMs: 0 };
      const verdict = verdictOfError(error, attempt, contract.delivery.retryDelaysMs);
      if (asProblem(error) === null) logger.error({ ...about, error }, 'a job handler failed by a bug');
      else logger.warn({ ...about, error, verdict: verdict.kind }, 'a job failed');
      return verdict;
    } finally {
      stopExtending();
    }
  }
}
