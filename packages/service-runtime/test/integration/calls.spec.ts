import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Problem, type CallContext } from '@earmark/contracts';
import { connectNats, RpcClient } from '@earmark/messaging';
import { LOGGER, CONNECTION, SQL, UNIT_OF_WORK, type RunningService } from '@earmark/service-runtime';
import { createLogger, type Sql, type UnitOfWork } from '@earmark/service-kit';
import { eventually, startServers, type TestServers } from '@earmark/testkit';
import { countNotes, createNote, readNote } from '../support/contracts.js';
import { startNoteService, type Behaviour } from '../support/note-service.js';

let servers: TestServers<{ nats: true; postgres: true }>;
let service: RunningService;
let client: RpcClient;
const behaviour: Partial<Behaviour> = {};

const contextOf = (changes: Partial<CallContext> = {}): CallContext => ({
  tenantId: '0198c1f2-0000-7000-8000-000000000001',
  keyId: '0198c1f2-0000-7000-8000-000000000002',
  scopes: ['write'],
  requestId: 'r1',
  idempotencyKey: null,
  requestHash: null,
  ifMatch: null,
  ...changes,
});
const problemOf = (promise: Promise<unknown>): Promise<Problem> =>
  promise.then(
    () => Promise.reject(new Error('no problem')),
    (error: unknown) => (error instanceof Problem ? error : Promise.reject(error as Error)),
  );

beforeAll(async () => {
  servers = await startServers({ nats: true, postgres: true });
  const databaseUrl = await servers.postgres.createDatabase('catalog');
  // The handlers look the functions up at each call, so that a spec can replace one.
  const live: Partial<Behaviour> = {
    create: async (call) => (behaviour.create ?? defaultCreate)(call),
    count: async () => behaviour.count?.() ?? { notes: 3 },
  };
  service = await startNoteService({ natsUrl: servers.nats.url, databaseUrl, behaviour: live });
  client = service.app.get(RpcClient);
});
afterAll(async () => {
  await service?.stop();
  await servers?.stop();
});

const defaultCreate: Behaviour['create'] = async ({ body }) => ({
  body: { id: randomUUID(), text: body.text, secret: 'hush' },
  etag: '1',
});

describe('calls', () => {
  it('answers a route with body and etag, parsed on both sides', async () => {
    const datasetId = randomUUID();
    const reply = await client.call(readNote, { context: contextOf(), params: { dataset_id: datasetId }, query: { page: '2' } });
    expect(reply).toEqual({ body: { id: datasetId, text: 'page 2', secret: null }, etag: '7' });
  });

  it('answers an RPC', async () => {
    expect(await client.ask(countNotes, { tenantId: contextOf().tenantId })).toEqual({ notes: 3 });
  });

  it('names the place of a value that is not valid', async () => {
    const problem = await problemOf(client.call(createNote, { context: contextOf(), body: { text: '' } }));
    expect(problem.code).toBe('validation_failed');
    expect(problem.errors[0]?.loc).toEqual(['body', 'text']);
  });

  it('refuses at the owner too, whatever the caller sends', async () => {
    const connection = service.app.get<import('@nats-io/transport-node').NatsConnection>(CONNECTION);
    const raw = await connection.request(
      createNote.subject,
      JSON.stringify({ context: contextOf(), params: {}, query: {}, body: {} }),
    );
    expect(raw.json()).toMatchObject({ problem: { code: 'validation_failed', errors: [{ loc: ['body', 'text'] }] } });
    const garbage = await connection.request(createNote.subject, 'not json');
    expect(garbage.json()).toMatchObject({ problem: { code: 'validation_failed' } });
  });

  it('answers 404 for an id that can be nobody’s', async () => {
    const call = client.call(readNote, { context: contextOf(), params: { dataset_id: 'x' } });
    expect((await problemOf(call)).code).toBe('dataset_not_found');
  });

  it('hands a problem through, and hides a bug', async () => {
    behaviour.count = () =>
      Promise.reject(new Problem('dataset_not_found', 'There is no such dataset.', { retryAfterSeconds: 4 }));
    const problem = await problemOf(client.ask(countNotes, { tenantId: contextOf().tenantId }));
    expect({ ...problem }).toMatchObject({
      code: 'dataset_not_found',
      detail: 'There is no such dataset.',
      retryAfterSeconds: 4,
    });
    behaviour.count = () => Promise.reject(new Error('password is swordfish'));
    const bug = await problemOf(client.ask(countNotes, { tenantId: contextOf().tenantId }));
    expect(bug.code).toBe('internal');
    expect(bug.detail).not.toContain('swordfish');
    behaviour.count = () => Promise.resolve({ notes: 'many' } as never);
    expect((await problemOf(client.ask(countNotes, { tenantId: contextOf().tenantId }))).code).toBe('internal');
    delete behaviour.count;
  });

  it('says that nobody is there', async () => {
    const lonely = new RpcClient({
      connection: service.app.get(CONNECTION),
      logger: service.app.get(LOGGER) ?? createLogger({ service: 'test', level: 'silent' }),
    });
    const problem = await problemOf(
      lonely.ask({ ...countNotes, subject: 'rpc.catalog.nobody.v1' }, { tenantId: contextOf().tenantId }),
    );
    expect(problem.code).toBe('service_unavailable');
    expect(problem.retryAfterSeconds).toBe(1);
  });
});

describe('idempotency', () => {
  it('replays the first answer, without its secret', async () => {
    let effects = 0;
    behaviour.create = async (call) => {
      effects += 1;
      return defaultCreate(call);
    };
    const context = contextOf({ idempotencyKey: 'once', requestHash: 'a' });
    const first = await client.call(createNote, { context, body: { text: 'one' } });
    const again = await client.call(createNote, { context, body: { text: 'one' } });
    expect(first.body.secret).toBe('hush');
    expect(again).toEqual({ ...first, body: { ...first.body, secret: null } });
    expect(effects).toBe(1);
  });

  it('keeps tenants apart and refuses the key for another request', async () => {
    const context = contextOf({ idempotencyKey: 'shared', requestHash: 'a' });
    const first = await client.call(createNote, { context, body: { text: 'one' } });
    const other = { ...context, tenantId: '0198c1f2-0000-7000-8000-0000000000ff' };
    const neighbour = await client.call(createNote, { context: other, body: { text: 'one' } });
    expect(neighbour.body.id).not.toBe(first.body.id);
    const reused = client.call(createNote, { context: { ...context, requestHash: 'b' }, body: { text: 'two' } });
    expect((await problemOf(reused)).code).toBe('idempotency_key_reused');
  });

  it('tells a twin to come again while the first is in hand', async () => {
    let finish: () => void = () => undefined;
    const started = new Promise<void>((entered) => {
      behaviour.create = async (call) => {
        entered();
        await new Promise<void>((resolve) => (finish = resolve));
        return defaultCreate(call);
      };
    });
    const context = contextOf({ idempotencyKey: 'twin', requestHash: 'a' });
    const first = client.call(createNote, { context, body: { text: 'one' } });
    await started;
    const twin = await problemOf(client.call(createNote, { context, body: { text: 'one' } }));
    expect(twin.code).toBe('idempotency_in_flight');
    expect(twin.retryAfterSeconds).toBe(1);
    finish();
    const answered = await first;
    expect((await client.call(createNote, { context, body: { text: 'one' } })).body.id).toBe(answered.body.id);
  });

  it('forgets a request that failed', async () => {
    behaviour.create = () => Promise.reject(new Problem('conflict', 'Not now.'));
    const context = contextOf({ idempotencyKey: 'failed', requestHash: 'a' });
    expect((await problemOf(client.call(createNote, { context, body: { text: 'one' } }))).code).toBe('conflict');
    behaviour.create = defaultCreate;
    expect((await client.call(createNote, { context, body: { text: 'one' } })).body.text).toBe('one');
  });
});

describe('the transaction of a request with an idempotency key', () => {
  const held = async (): Promise<number> => {
    const text = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'`;
    const [row] = await service.app.get<Sql>(SQL).query<{ n: number }>(text);
    return row?.n ?? -1;
  };

  it('is not open while the handler asks other services', async () => {
    let finish: () => void = () => undefined;
    const inHand = new Promise<void>((entered) => {
      behaviour.create = async (call) => {
        entered();
        await new Promise<void>((resolve) => (finish = resolve));
        return defaultCreate(call);
      };
    });
    const context = contextOf({ idempotencyKey: 'asks first', requestHash: 'a' });
    const first = client.call(createNote, { context, body: { text: 'one' } });
    await inHand;
    expect(await held()).toBe(0);
    finish();
    await first;
  });

  it('holds the effect and the stored answer together', async () => {
    const uow = service.app.get<UnitOfWork>(UNIT_OF_WORK);
    const sql = service.app.get<Sql>(SQL);
    const write = () => sql.execute(`INSERT INTO inbox (consumer, message_id) VALUES ('spec', 'effect')`);
    const effects = async (): Promise<number> =>
      (await sql.query(`SELECT 1 FROM inbox WHERE consumer = 'spec' AND message_id = 'effect'`)).length;
    const context = contextOf({ idempotencyKey: 'both or none', requestHash: 'a' });
    behaviour.create = async () => {
      await uow.transaction(write);
      throw new Problem('conflict', 'Not after all.');
    };
    expect((await problemOf(client.call(createNote, { context, body: { text: 'one' } }))).code).toBe('conflict');
    expect(await effects()).toBe(0);
    behaviour.create = async (call) => {
      await uow.transaction(write);
      expect(uow.inTransaction()).toBe(true);
      return defaultCreate(call);
    };
    await client.call(createNote, { context, body: { text: 'one' } });
    expect(await effects()).toBe(1);
  });

  it('is refused to a handler whose claim was taken over', async () => {
    const uow = service.app.get<UnitOfWork>(UNIT_OF_WORK);
    const sql = service.app.get<Sql>(SQL);
    behaviour.create = async (call) => {
      await sql.execute(`UPDATE idempotency SET created_at = now() WHERE key = 'slow'`);
      return uow.transaction(() => defaultCreate(call));
    };
    const context = contextOf({ idempotencyKey: 'slow', requestHash: 'a' });
    expect((await problemOf(client.call(createNote, { context, body: { text: 'one' } }))).code).toBe('idempotency_in_flight');
  });

  it('may be claimed again after the process that had it died', async () => {
    const sql = service.app.get<Sql>(SQL);
    behaviour.create = defaultCreate;
    await sql.execute(
      `INSERT INTO idempotency (tenant_id, route, key, body_hash, created_at)
       VALUES ($1::uuid, $2::text, 'died', 'a', now() - interval '121 seconds')`,
      contextOf().tenantId,
      createNote.name,
    );
    const context = contextOf({ idempotencyKey: 'died', requestHash: 'a' });
    expect((await client.call(createNote, { context, body: { text: 'one' } })).body.text).toBe('one');
  });
});

describe('stopping', () => {
  it('answers what has arrived', async () => {
    let finish: () => void = () => undefined;
    const arrived = new Promise<void>((entered) => {
      behaviour.count = async () => {
        entered();
        await new Promise<void>((resolve) => (finish = resolve));
        return { notes: 9 };
      };
    });
    const connection = await connectNats({ servers: servers.nats.url, name: 'spec' });
    const logger = createLogger({ service: 'spec', level: 'silent' });
    const outside = new RpcClient({ connection, logger });
    const asked = outside.ask(countNotes, { tenantId: contextOf().tenantId }, { timeoutMs: 20_000 });
    await arrived;
    const stopped = service.stop();
    // New calls find nobody; the one in hand is still answered.
    const call = { context: contextOf(), params: { dataset_id: randomUUID() } };
    await eventually(() => expect(outside.call(readNote, call)).rejects.toMatchObject({ code: 'service_unavailable' }));
    finish();
    expect(await asked).toEqual({ notes: 9 });
    await stopped;
    await connection.close();
  });
});
