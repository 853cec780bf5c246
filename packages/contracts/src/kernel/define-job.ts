import type { z } from 'zod';
import type { Message } from './message.js';
import { parseName, type Context, type ContractName } from './names.js';

/** How JetStream delivers a job. Times are milliseconds. */
export interface Delivery {
  /** A delivery that is neither acknowledged nor extended within this time is delivered again; workers extend it every third of it. */
  readonly ackWaitMs: number;
  /** Delay before each redelivery after a retryable failure; when the list is used up the job goes to the dead letters. */
  readonly retryDelaysMs: readonly number[];
  /** How many deliveries one process holds at once. */
  readonly maxInFlight: number;
}

export interface JobDefinition<Payload extends z.ZodType, Lane extends string> {
  readonly name: ContractName;
  readonly version: number;
  /** One imperative sentence: what the worker does. */
  readonly summary: string;
  readonly payload: Payload;
  readonly example: z.input<Payload>;
  readonly delivery: Delivery;
  /** Kinds of worker that take the job; each lane is a subject and a consumer of its own. */
  readonly lanes?: readonly Lane[];
}

/** Work that is done once by one worker. Subject `job.<context>.<work>.v<version>[.lane]`, stream JOBS. The payload carries ids only. */
export interface JobContract<Payload extends z.ZodType = z.ZodType, Lane extends string = string> extends JobDefinition<
  Payload,
  Lane
> {
  readonly kind: 'job';
  readonly context: Context;
  /** Subject without a lane. */
  readonly subject: string;
  /** Every subject of the job: one per lane, or the plain one. */
  readonly subjects: readonly string[];
  /** The subject of a lane (or of the job, when it has no lanes). */
  subjectOf(lane?: Lane): string;
  /** The message to put into a transition. */
  request(payload: z.output<Payload>, lane?: Lane): Message;
}

/** Defines a job; throws at import time on a malformed name. */
export function defineJob<Payload extends z.ZodType, Lane extends string = never>(
  definition: JobDefinition<Payload, Lane>,
): JobContract<Payload, Lane> {
  const { context, action } = parseName(definition.name);
  const subject = `job.${context}.${action}.v${definition.version}`;
  const subjectOf = (lane?: Lane): string => (lane === undefined ? subject : `${subject}.${lane}`);
  return {
    ...definition,
    kind: 'job',
    context,
    subject,
    subjects: definition.lanes?.map((lane) => subjectOf(lane)) ?? [subject],
    subjectOf,
    request: (payload, lane) => ({ kind: 'job', name: definition.name, subject: subjectOf(lane), payload }),
  };
}
