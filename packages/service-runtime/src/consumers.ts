import type { Context } from '@earmark/contracts';
import {
  type DeadLetters,
  EventConsumer,
  eventConsumerName,
  JobConsumer,
  jobConsumerName,
  PullLoop,
  streams,
} from '@earmark/messaging';
import type { Outcome } from '@earmark/service-kit';
import { subjectsOf } from './door-metadata.js';
import type { FoundDoor } from './door-registry.js';
import type { RuntimePorts } from './runtime-ports.js';

export interface ConsumerParts extends RuntimePorts {
  readonly doors: readonly FoundDoor[];
  readonly deadLetters: DeadLetters;
  readonly shutdown: AbortSignal;
  readonly onFailure: () => Promise<void>;
}

/** Events a process applies at once, per context it hears. */
const EVENT_SLOTS = 4;

/** A pull loop for every job subject this process takes, and one for every context whose events it hears. */
export function consumersOf(parts: ConsumerParts): PullLoop[] {
  return [...jobLoops(parts), ...eventLoops(parts)];
}

function jobLoops(parts: ConsumerParts): PullLoop[] {
  const { options, doors, owner, shutdown, deadLetters, logger, connection, onFailure } = parts;
  return doors.flatMap(({ door, call }) => {
    if (door.kind !== 'job') return [];
    const run = (payload: unknown, work: unknown): Promise<Outcome> => call(payload, work) as Promise<Outcome>;
    const { handle } = new JobConsumer({ contract: door.contract, run, owner, shutdown, deadLetters, logger });
    const slots = options.config.JOB_CONCURRENCY ?? door.contract.delivery.maxInFlight;
    const shared = { connection, stream: streams.jobs, slots, handle, onFailure, logger };
    return subjectsOf(door, options.config).map((subject) => new PullLoop({ ...shared, consumer: jobConsumerName(subject) }));
  });
}

function eventLoops(parts: ConsumerParts): PullLoop[] {
  const { options, doors, uow, inbox, deadLetters, logger, connection, onFailure } = parts;
  const handlers = doors.flatMap(({ door, call }) => {
    if (door.kind !== 'event') return [];
    const { contract } = door;
    return [{ contract, on: async (payload: unknown, meta: unknown) => void (await call(payload, meta)) }];
  });
  const heard = [...new Set<Context>(handlers.map(({ contract }) => contract.context))];
  return heard.map((from) => {
    const consumer = eventConsumerName(options.context, from);
    const own = handlers.filter(({ contract }) => contract.context === from);
    const { handle } = new EventConsumer({ consumer, handlers: own, uow, inbox, deadLetters, logger });
    return new PullLoop({ connection, stream: streams.events, consumer, slots: EVENT_SLOTS, handle, onFailure, logger });
  });
}
