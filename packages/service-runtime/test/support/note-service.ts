// The small service under test: every kind of handler, each calling a function that the spec supplies.
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { JobPayload, Message, RouteCall, RouteReply, RpcAnswer } from '@earmark/contracts';
import {
  defineService,
  FindsLostWork,
  HandlesEvent,
  HandlesJob,
  HandlesRoute,
  HandlesRpc,
  parseConfig,
  serviceEnv,
  startService,
  type EventMeta,
  type RunningService,
  type Service,
} from '@earmark/service-runtime';
import { done, type Outcome, type Work } from '@earmark/service-kit';
import { Controller, Injectable, type Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { z } from 'zod';
import { catalogue, copyNote, countNotes, createNote, noteWritten, readNote } from './contracts.js';
import { PgPrisma } from './pg-prisma.js';

/** What the handlers do; specs override what they look at. */
export interface Behaviour {
  create(call: RouteCall<typeof createNote>): Promise<RouteReply<typeof createNote>>;
  count(): Promise<RpcAnswer<typeof countNotes>>;
  copy(payload: JobPayload<typeof copyNote>, work: Work): Promise<Outcome>;
  written(payload: { noteId: string }, meta: EventMeta): Promise<void>;
  findLost(): Promise<Message[]>;
}

/** The use-case of all handlers. */
export class Notes {
  readonly behaviour: Behaviour;

  constructor({ behaviour }: { behaviour: Behaviour }) {
    this.behaviour = behaviour;
  }
}

@Controller()
export class NoteRoutes {
  constructor(private readonly notes: Notes) {}

  @HandlesRoute(createNote, { secretFields: ['secret'] })
  create(call: RouteCall<typeof createNote>): Promise<RouteReply<typeof createNote>> {
    return this.notes.behaviour.create(call);
  }

  @HandlesRoute(readNote)
  async read({ params, query }: RouteCall<typeof readNote>): Promise<RouteReply<typeof readNote>> {
    return { body: { id: params.dataset_id, text: `page ${query.page}`, secret: null }, etag: '7' };
  }
}

@Controller()
export class NoteRpcs {
  constructor(private readonly notes: Notes) {}

  @HandlesRpc(countNotes)
  count(): Promise<RpcAnswer<typeof countNotes>> {
    return this.notes.behaviour.count();
  }
}

@Injectable()
export class NoteJobs {
  constructor(private readonly notes: Notes) {}

  @HandlesJob(copyNote)
  copy(payload: JobPayload<typeof copyNote>, work: Work): Promise<Outcome> {
    return this.notes.behaviour.copy(payload, work);
  }
}

@Injectable()
export class NoteEvents {
  constructor(private readonly notes: Notes) {}

  @HandlesEvent(noteWritten)
  written(payload: { noteId: string }, meta: EventMeta): Promise<void> {
    return this.notes.behaviour.written(payload, meta);
  }
}

@Injectable()
export class NoteTasks {
  constructor(private readonly notes: Notes) {}

  @FindsLostWork('notes', { everyMs: 50 })
  findLost(): Promise<Message[]> {
    return this.notes.behaviour.findLost();
  }
}

const nothing: Behaviour = {
  create: async ({ body }) => ({ body: { id: randomUUID(), text: body.text, secret: 'hush' }, etag: '1' }),
  count: async () => ({ notes: 3 }),
  copy: async () => done(),
  written: async () => undefined,
  findLost: async () => [],
};

export interface NoteServiceOptions {
  readonly natsUrl: string;
  readonly databaseUrl: string;
  readonly behaviour?: Partial<Behaviour>;
  readonly env?: Record<string, string>;
  /** Handlers of calls, to leave out or add some. */
  readonly controllers?: readonly Type[];
  /** A path that answers only when the promise resolves; `<path>-count` says how many requests wait there. */
  readonly http?: SlowPath;
}

interface SlowPath {
  readonly path: string;
  readonly until: Promise<void>;
}

/** The service with a behaviour of its own. */
export function noteService(
  behaviour: Partial<Behaviour> = {},
  controllers: readonly Type[] = [NoteRoutes, NoteRpcs],
  http?: SlowPath,
): Service {
  return defineService({
    context: 'catalog',
    env: z.object(serviceEnv),
    prisma: PgPrisma,
    ports: () => ({ behaviour: { ...nothing, ...behaviour } }),
    useCases: [Notes],
    inbound: [...controllers, NoteJobs, NoteEvents, NoteTasks],
    catalogue,
    ...(http === undefined ? {} : { http: (app: NestExpressApplication) => mountSlow(app, http) }),
  });
}

function mountSlow(app: NestExpressApplication, { path, until }: SlowPath): void {
  let waiting = 0;
  app.use(path, (_request: unknown, response: ServerResponse) => {
    waiting += 1;
    void until.then(() => response.end('slow'));
  });
  app.use(`${path}-count`, (_request: unknown, response: ServerResponse) => response.end(String(waiting)));
}

/** Starts the service in this process. */
export function startNoteService({
  natsUrl,
  databaseUrl,
  behaviour,
  env,
  controllers,
  http,
}: NoteServiceOptions): Promise<RunningService> {
  const service = noteService(behaviour, controllers, http);
  const config = parseConfig(service.env, {
    NATS_URL: natsUrl,
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    EVENTS_MAX_BYTES: String(64 * 1024 ** 2),
    JOBS_MAX_BYTES: String(64 * 1024 ** 2),
    DEAD_MAX_BYTES: String(64 * 1024 ** 2),
    ...env,
  });
  return startService(service, config);
}
