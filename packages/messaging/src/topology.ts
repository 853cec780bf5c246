import type { Context, JobContract } from '@earmark/contracts';
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type ConsumerConfig,
  type JetStreamManager,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';

/** Names of the three streams. */
export const streams = { events: 'EVENTS', jobs: 'JOBS', dead: 'DEAD' } as const;

export interface StreamLimits {
  readonly eventsMaxBytes: number;
  readonly jobsMaxBytes: number;
  readonly deadMaxBytes: number;
}

const DAY_MS = 86_400_000;
/** A message id that JetStream has seen within this time is not stored again. */
const DUPLICATE_WINDOW_MS = 120_000;
/** Delivery of an event is tried again when it was not acknowledged for this long. */
export const EVENT_ACK_WAIT_MS = 30_000;

type StreamPlan = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects'>;

/** The streams (server 2.9 features only). Limits are explicit: a full JOBS refuses, and the outbox keeps what was refused. */
export function streamPlans(limits: StreamLimits): StreamPlan[] {
  const shared = { storage: StorageType.File, duplicate_window: nanos(DUPLICATE_WINDOW_MS), num_replicas: 1 };
  return [
    {
      ...shared,
      name: streams.events,
      subjects: ['evt.>'],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(7 * DAY_MS),
      max_bytes: limits.eventsMaxBytes,
    },
    {
      ...shared,
      name: streams.jobs,
      subjects: ['job.>'],
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.New,
      max_bytes: limits.jobsMaxBytes,
    },
    {
      ...shared,
      name: streams.dead,
      subjects: ['dlq.>'],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(30 * DAY_MS),
      max_bytes: limits.deadMaxBytes,
    },
  ];
}

/** The durable consumer of a job subject: `job.ingest.process-audio.v1` → `ingest_process-audio_v1`. */
export function jobConsumerName(subject: string): string {
  return subject.replace(/^job\./, '').replaceAll('.', '_');
}

/** The durable consumer by which a service hears the events of a context. */
export function eventConsumerName(service: Context, from: Context): string {
  return `${service}_from_${from}`;
}

type ConsumerPlan = Partial<ConsumerConfig> & { readonly durable_name: string };

/** One pull consumer per subject of the job. Redelivery is counted by us, so the server's count is unlimited. */
export function jobConsumerPlans(job: Pick<JobContract, 'subjects' | 'delivery'>): ConsumerPlan[] {
  return job.subjects.map((subject) => ({
    durable_name: jobConsumerName(subject),
    filter_subject: subject,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(job.delivery.ackWaitMs),
    deliver_policy: DeliverPolicy.All,
    max_deliver: -1,
    max_ack_pending: 10_000,
  }));
}

/** The consumer of one context's events: one wildcard filter (server 2.9 has no multi-filter), everything that is still there. */
export function eventConsumerPlan(service: Context, from: Context): ConsumerPlan {
  return {
    durable_name: eventConsumerName(service, from),
    filter_subject: `evt.${from}.>`,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(EVENT_ACK_WAIT_MS),
    deliver_policy: DeliverPolicy.All,
    max_deliver: -1,
    max_ack_pending: 1_000,
  };
}

export interface TopologyPlan {
  readonly streams: readonly StreamPlan[];
  readonly jobConsumers: readonly ConsumerPlan[];
  readonly eventConsumers: readonly ConsumerPlan[];
}

/** Creates or updates streams and consumers; returns what the streams are now. Safe to repeat and to run concurrently. */
export async function ensureTopology(manager: JetStreamManager, plan: TopologyPlan): Promise<StreamInfo[]> {
  const infos: StreamInfo[] = [];
  for (const stream of plan.streams) infos.push(await ensureStream(manager, stream));
  for (const consumer of plan.jobConsumers) await ensureConsumer(manager, streams.jobs, consumer);
  for (const consumer of plan.eventConsumers) await ensureConsumer(manager, streams.events, consumer);
  return infos;
}

async function ensureStream(manager: JetStreamManager, plan: StreamPlan): Promise<StreamInfo> {
  const info = await unlessMissing(manager.streams.info(plan.name));
  if (info === null) return manager.streams.add(plan);
  const { num_replicas: _operatorsChoice, ...wanted } = plan;
  return differs(info.config, wanted) ? manager.streams.update(plan.name, { ...info.config, ...wanted }) : info;
}

async function ensureConsumer(manager: JetStreamManager, stream: string, plan: ConsumerPlan): Promise<void> {
  const info = await unlessMissing(manager.consumers.info(stream, plan.durable_name));
  if (info === null) await manager.consumers.add(stream, plan);
  else if (differs(info.config, plan)) await manager.consumers.update(stream, plan.durable_name, plan);
}

/** JetStream answers 404 when the stream or consumer is not there. */
async function unlessMissing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.status === 404) return null;
    throw error;
  }
}

function differs(actual: object, wanted: object): boolean {
  const values = actual as Record<string, unknown>;
  return Object.entries(wanted).some(([key, value]) => JSON.stringify(values[key]) !== JSON.stringify(value));
}
