import { randomUUID } from 'node:crypto';
import { RpcClient, streams } from '@earmark/messaging';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningService } from '@earmark/service-runtime';
import { done } from '@earmark/service-kit';
import { eventually, startServers, type TestServers } from '@earmark/testkit';
import { copyNote, countNotes, createNote, noteWritten } from '../support/contracts.js';
import { startNoteService } from '../support/note-service.js';
import { copyOfJetStream, eventIn, loseJetStream, managerOf, say, sqlOfService } from '../support/streams.js';

const tenantId = randomUUID();
const AGES = { timeoutMs: 30_000, everyMs: 50 };

let servers: TestServers<{ nats: true; postgres: true }>;
let service: RunningService;
let client: RpcClient;
/** Note ids of jobs done and of events applied, in order. */
let copied: string[] = [];
let heard: string[] = [];
/** Rows the sweep would find. */
let unfinished: string[] = [];
let count = async (): Promise<{ notes: number }> => ({ notes: 3 });

const statusOf = async (path: string): Promise<number> => (await fetch(`${service.url}${path}`)).status;

beforeAll(async () => {
  servers = await startServers({ nats: true, postgres: true });
  service = await startNoteService({
    natsUrl: servers.nats.url,
    databaseUrl: await servers.postgres.createDatabase('catalog'),
    behaviour: {
      copy: async ({ noteId }) => {
        copied.push(noteId);
        unfinished = unfinished.filter((id) => id !== noteId);
        return done();
      },
      written: async ({ noteId }) => void heard.push(noteId),
      count: () => count(),
      findLost: async () => unfinished.map((noteId) => copyNote.request({ tenantId, noteId })),
    },
  });
  client = service.app.get(RpcClient);
});
afterAll(async () => {
  await service?.stop();
  await servers?.stop();
});
beforeEach(() => {
  copied = [];
  heard = [];
  unfinished = [];
});

describe('a service', () => {
  it('tells its supervisor how it is', async () => {
    expect(await statusOf('/health/live')).toBe(200);
    expect(await statusOf('/health/ready')).toBe(200);
    const text = await (await fetch(`${service.url}/metrics`)).text();
    expect(text).toContain('earmark_outbox_published_total');
  });

  it('goes on where it was when NATS was killed and came back', async () => {
    const before = randomUUID();
    await say(service, noteWritten.fact({ tenantId, noteId: before }));
    await eventually(() => heard.includes(before));
    await servers.nats.kill();
    const during = randomUUID();
    await say(service, noteWritten.fact({ tenantId, noteId: during }), copyNote.request({ tenantId, noteId: during }));
    await eventually(async () => (await statusOf('/health/ready')) === 503, AGES);
    expect(await statusOf('/health/live')).toBe(200);
    await servers.nats.start();
    await eventually(() => heard.includes(during) && copied.includes(during), AGES);
    expect(await client.ask(countNotes, { tenantId })).toEqual({ notes: 3 });
    await eventually(async () => (await statusOf('/health/ready')) === 200, AGES);
  });

  it('asks a question again when the server comes back', async () => {
    await servers.nats.kill();
    const asked = client.ask(countNotes, { tenantId }, { timeoutMs: 15_000 });
    await servers.nats.start();
    expect(await asked).toEqual({ notes: 3 });
  });

  it('loses nothing when the whole JetStream store is deleted', async () => {
    const told = randomUUID();
    await say(service, noteWritten.fact({ tenantId, noteId: told }));
    await eventually(() => heard.includes(told));
    const lost = randomUUID();
    await loseJetStream(servers.nats);
    // Its row is pending, its message is gone: the sweep finds it.
    unfinished = [lost];
    await eventually(() => copied.includes(lost), AGES);
    // The events are in the new stream again for consumers elsewhere; here the inbox knows them.
    await eventually(async () => {
      const manager = await managerOf(service);
      const [row] = await sqlOfService(service).query<{ n: number }>(
        `SELECT count(*)::int AS n FROM outbox WHERE kind = 'event' AND published_at IS NOT NULL`,
      );
      const { state } = await manager.streams.info(streams.events);
      expect(row?.n).toBeGreaterThan(2);
      return state.messages === row?.n;
    }, AGES);
    const after = randomUUID();
    await say(service, noteWritten.fact({ tenantId, noteId: after }), copyNote.request({ tenantId, noteId: after }));
    await eventually(() => heard.includes(after) && copied.includes(after), AGES);
    expect(heard.filter((id) => id === told)).toHaveLength(1);
  });

  it('publishes its events again when the stream lost its newest messages', async () => {
    const manager = await managerOf(service);
    const kept = randomUUID();
    await say(service, noteWritten.fact({ tenantId, noteId: kept }));
    await eventually(() => heard.includes(kept));
    const older = await copyOfJetStream(servers.nats);
    await eventually(async () => (await statusOf('/health/ready')) === 200, AGES);
    const lost = randomUUID();
    await say(service, noteWritten.fact({ tenantId, noteId: lost }));
    await eventually(() => heard.includes(lost), AGES);
    const { state: full } = await manager.streams.info(streams.events);
    await servers.nats.kill();
    older.restore();
    await servers.nats.start();
    // The server came back with an older store: the last event is in the stream again because the outbox knows that it was there.
    await eventually(async () => {
      expect((await manager.streams.info(streams.events)).state.last_seq).toBeGreaterThanOrEqual(full.last_seq);
      return (await eventIn(manager, lost)) !== null;
    }, AGES);
    expect(heard.filter((id) => id === lost)).toHaveLength(1);
  });

  it('notices a stream that was deleted under a living server', async () => {
    await (await managerOf(service)).streams.delete(streams.jobs);
    const noteId = randomUUID();
    await say(service, copyNote.request({ tenantId, noteId }));
    await eventually(() => copied.includes(noteId), AGES);
  });

  it('answers service_unavailable while the database is away, and recovers', async () => {
    const query = (): Promise<unknown> => sqlOfService(service).query('SELECT 1');
    count = async () => {
      await query();
      return { notes: 4 };
    };
    await servers.postgres.kill();
    const unavailable = expect.objectContaining({ code: 'service_unavailable', retryAfterSeconds: 1 });
    await expect(client.ask(countNotes, { tenantId })).rejects.toEqual(unavailable);
    const context = {
      tenantId,
      keyId: randomUUID(),
      scopes: [],
      requestId: 'r',
      idempotencyKey: 'k',
      requestHash: 'h',
      ifMatch: null,
    };
    await expect(client.call(createNote, { context, body: { text: 'x' } })).rejects.toEqual(unavailable);
    expect(await statusOf('/health/ready')).toBe(503);
    await servers.postgres.start();
    await eventually(async () => (await client.ask(countNotes, { tenantId })).notes === 4, AGES);
    const noteId = randomUUID();
    await say(service, noteWritten.fact({ tenantId, noteId }));
    await eventually(() => heard.includes(noteId), AGES);
  });

  it('starts while the database is away', async () => {
    const databaseUrl = await servers.postgres.createDatabase('catalog');
    await servers.postgres.kill();
    const early = await startNoteService({ natsUrl: servers.nats.url, databaseUrl });
    expect((await fetch(`${early.url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${early.url}/health/live`)).status).toBe(200);
    await servers.postgres.start();
    await eventually(async () => (await fetch(`${early.url}/health/ready`)).status === 200, AGES);
    await early.stop();
  });
});
