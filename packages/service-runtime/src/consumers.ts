import type { Context } from '@earmark/contracts';
import {
  type DeadLetters,
  EventConsumer,
  eventConsumerName,
  EventListener,
  JobConsumer,
  jobConsumerName,
  PullLoop,
  streams,
} from '@earmark/messaging';
import type { Outcome } from '@earmark/service-kit';
import { slotsOf, subjectsOf } from './handlers/handler-metadata.js';
import { ofKind, type FoundHandler, type FoundOf } from './handlers/handler-registry.js';
import type { RuntimeParts } from './service-parts.js';

export interface ConsumerOptions {
  readonly found: readonly FoundHandler[];
  readonly deadLetters: DeadLetters;
  readonly shutdown: AbortSignal;
  readonly onFailure: () => Promise<void>;
}

/** Events a process applies simultaneously, per context it hears. */
const EVENT_SLOTS = 4;

/** A pull loop for every job subject this process takes, and one for every context whose events it hears. */
export function consumersOf(parts: RuntimeParts, options: ConsumerOptions): PullLoop[] {
  return [...jobLoops(parts, options), ...eventLoops(parts, options)];
}

/** Contexts whose events this service hears through a durable consumer. */
export function heardContexts(found: readonly FoundHandler[]): Context[] {
  return [...new Set(durable(found).map(({ handler }) => handler.contract.context))];
}

/** One listener for every event that each replica hears for itself. */
export function listenersOf({ connection, logger }: RuntimeParts, found: readonly FoundHandler[]): EventListener[] {
  return ofKind('event', found)
    .filter(({ handler }) => handler.onEveryReplica)
    .map((one) => new EventListener({ connection, logger, handler: eventHandler(one) }));
}

function durable(found: readonly FoundHandler[]): FoundOf<'event'>[] {
  return ofKind('event', found).filter(({ handler }) => !handler.onEveryReplica);
}

const eventHandler = ({ handler: { contract }, call }: FoundOf<'event'>) => ({
  contract,
  on: async (payload: unknown, meta: unknown): Promise<void> => void (await call(payload, meta)),
});

function jobLoops(parts: RuntimeParts, { found, shutdown, deadLetters, onFailure }: ConsumerOptions): PullLoop[] {
  const { config, workerId: owner, logger, connection } = parts;
  return ofKind('job', found).flatMap(({ handler, call }) => {
    const run = (payload: unknown, work: unknown): Promise<Outcome> => call(payload, work) as Promise<Outcome>;
    const { handle } = new JobConsumer({ contract: handler.contract, run, owner, shutdown, deadLetters, logger });
    const shared = { connection, stream: streams.jobs, slots: slotsOf(handler, config), handle, onFailure, logger };
    return subjectsOf(handler, config).map((subject) => new PullLoop({ ...shared, consumer: jobConsumerName(subject) }));
  });
}

function eventLoops(parts: RuntimeParts, { found, deadLetters, onFailure }: ConsumerOptions): PullLoop[] {
  const { service, uow, inbox, logger, connection } = parts;
  return heardContexts(found).map((from) => {
    const consumer = eventConsumerName(service.context, from);
    const handlers = durable(found)
      .filter(({ handler }) => handler.contract.context === from)
      .map(eventHandler);
    const { handle } = new EventConsumer({ consumer, handlers, uow, inbox, deadLetters, logger });
    return new PullLoop({ connection, stream: streams.events, consumer, slots: EVENT_SLOTS, handle, onFailure, logger });
  });
}
