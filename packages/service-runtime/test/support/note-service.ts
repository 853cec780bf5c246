// The small service under test: every kind of door, each calling a function that the spec supplies.
import { randomUUID } from 'node:crypto';
import type { JobPayload, RouteCall, RouteReply, RpcAnswer } from '@earmark/contracts';
import {
  HandlesEvent,
  HandlesJob,
  HandlesRoute,
  HandlesRpc,
  ServiceModule,
  startService,
  type EventMeta,
  type RunningService,
  type Sweep,
  type SweepTools,
} from '@earmark/service-runtime';
import { done, parseConfig, serviceEnv, type Outcome, type Work } from '@earmark/service-kit';
import { Controller, Inject, Injectable, Module } from '@nestjs/common';
import { z } from 'zod';
import { catalogue, copyNote, countNotes, createNote, noteWritten, readNote } from './contracts.js';
import { pgPrisma } from './pg-prisma.js';

/** What the doors do; specs override what they look at. */
export interface Behaviour {
  create(call: RouteCall<typeof createNote>): Promise<RouteReply<typeof createNote>>;
  count(): Promise<RpcAnswer<typeof countNotes>>;
  copy(payload: JobPayload<typeof copyNote>, work: Work): Promise<Outcome>;
  written(payload: { noteId: string }, meta: EventMeta): Promise<void>;
}

export const BEHAVIOUR = Symbol('Behaviour');

@Controller()
export class NoteRoutes {
  constructor(@Inject(BEHAVIOUR) private readonly behaviour: Behaviour) {}

  @HandlesRoute(createNote, { secretFields: ['secret'] })
  create(call: RouteCall<typeof createNote>): Promise<RouteReply<typeof createNote>> {
    return this.behaviour.create(call);
  }

  @HandlesRoute(readNote)
  async read({ params, query }: RouteCall<typeof readNote>): Promise<RouteReply<typeof readNote>> {
    return { body: { id: params.dataset_id, text: `page ${query.page}`, secret: null }, etag: '7' };
  }
}

@Controller()
export class NoteRpcs {
  constructor(@Inject(BEHAVIOUR) private readonly behaviour: Behaviour) {}

  @HandlesRpc(countNotes)
  count(): Promise<RpcAnswer<typeof countNotes>> {
    return this.behaviour.count();
  }
}

@Injectable()
export class NoteJobs {
  constructor(@Inject(BEHAVIOUR) private readonly behaviour: Behaviour) {}

  @HandlesJob(copyNote)
  copy(payload: JobPayload<typeof copyNote>, work: Work): Promise<Outcome> {
    return this.behaviour.copy(payload, work);
  }
}

@Injectable()
export class NoteEvents {
  constructor(@Inject(BEHAVIOUR) private readonly behaviour: Behaviour) {}

  @HandlesEvent(noteWritten)
  written(payload: { noteId: string }, meta: EventMeta): Promise<void> {
    return this.behaviour.written(payload, meta);
  }
}

export const nothing: Behaviour = {
  create: async ({ body }) => ({ body: { id: randomUUID(), text: body.text, secret: 'hush' }, etag: '1' }),
  count: async () => ({ notes: 3 }),
  copy: async () => done(),
  written: async () => undefined,
};

export interface NoteServiceOptions {
  readonly natsUrl: string;
  readonly databaseUrl: string;
  readonly behaviour?: Partial<Behaviour>;
  readonly env?: Record<string, string>;
  readonly sweeps?: readonly Sweep[] | ((tools: SweepTools) => readonly Sweep[]);
  /** Doors to leave out or add. */
  readonly controllers?: (typeof NoteRoutes | typeof NoteRpcs)[];
}

/** Starts the service in this process. */
export function startNoteService(options: NoteServiceOptions): Promise<RunningService> {
  const { natsUrl, databaseUrl, behaviour = {}, env = {}, sweeps = [], controllers = [NoteRoutes, NoteRpcs] } = options;
  const config = parseConfig(z.object(serviceEnv), {
    NATS_URL: natsUrl,
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    EVENTS_MAX_BYTES: String(64 * 1024 ** 2),
    JOBS_MAX_BYTES: String(64 * 1024 ** 2),
    DEAD_MAX_BYTES: String(64 * 1024 ** 2),
    ...env,
  });
  const service = ServiceModule.forRoot({
    context: 'catalog',
    config,
    catalogue,
    sweeps,
    createPrisma: () => pgPrisma(databaseUrl),
  });
  class NoteModule {}
  const providers = [NoteJobs, NoteEvents, { provide: BEHAVIOUR, useValue: { ...nothing, ...behaviour } }];
  Module({ imports: [service], controllers, providers })(NoteModule);
  return startService({ context: 'catalog', module: NoteModule, config });
}
