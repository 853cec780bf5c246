import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Problem } from '@earmark/contracts';
import { streams } from '@earmark/messaging';
import type { EventMeta, RunningService } from '@earmark/service-runtime';
import { Outbox } from '@earmark/service-kit';
import { eventually, startServers, type TestServers } from '@earmark/testkit';
import { jetstream } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { noteWritten } from '../support/contracts.js';
import { startNoteService } from '../support/note-service.js';
import { connectionOf, deadLetter, say, sqlOfService, storedIn, unitOfWork } from '../support/streams.js';

const tenantId = randomUUID();
const factOf = (noteId: string) => noteWritten.fact({ tenantId, noteId });

let servers: TestServers<{ nats: true; postgres: true }>;
let service: RunningService;
let written: (payload: { noteId: string }, meta: EventMeta) => Promise<void>;

const countRows = async (table: string): Promise<number> => {
  const [row] = await sqlOfService(service).query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
  return row?.n ?? 0;
};

beforeAll(async () => {
  servers = await startServers({ nats: true, postgres: true });
  const databaseUrl = await servers.postgres.createDatabase('catalog');
  const behaviour = { written: (payload: { noteId: string }, meta: EventMeta) => written(payload, meta) };
  service = await startNoteService({ natsUrl: servers.nats.url, databaseUrl, behaviour });
  await sqlOfService(service).execute('CREATE TABLE effects (note_id uuid NOT NULL)');
});
afterAll(async () => {
  await service?.stop();
  await servers?.stop();
});
beforeEach(async () => {
  await sqlOfService(service).execute('DELETE FROM effects');
  written = ({ noteId }) => insertEffect(noteId);
});

const insertEffect = async (noteId: string): Promise<void> => {
  await sqlOfService(service).execute('INSERT INTO effects VALUES ($1::uuid)', noteId);
};

describe('outbox', () => {
  it('publishes what was committed, as a CloudEvent', async () => {
    const noteId = randomUUID();
    const seen = new Promise<EventMeta>((resolve) => {
      written = (_payload, meta) => Promise.resolve(resolve(meta));
    });
    const subscription = connectionOf(service).subscribe(noteWritten.subject, { max: 1 });
    await say(service, factOf(noteId));
    const meta = await seen;
    for await (const message of subscription) {
      expect(message.json()).toEqual({ tenantId, noteId });
      expect(message.headers?.get('ce-id')).toBe(meta.messageId);
      expect(message.headers?.get('Nats-Msg-Id')).toBe(meta.messageId);
      expect(message.headers?.get('ce-type')).toBe(noteWritten.subject);
      expect(message.headers?.get('ce-source')).toBe('/earmark/catalog');
      expect(message.headers?.get('ce-time')).toBe(meta.time.toISOString());
      expect(message.headers?.get('ce-tenantid')).toBe(tenantId);
    }
    await eventually(async () => {
      const [row] = await sqlOfService(service).query<{ n: number }>(
        'SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL',
      );
      return row?.n === 0;
    });
  });

  it('sends nothing of a transaction that rolled back', async () => {
    const before = await storedIn(service, streams.events);
    const rows = await countRows('outbox');
    const failing = unitOfWork(service).transaction(async () => {
      await service.app.get(Outbox).append([factOf(randomUUID())]);
      throw new Error('the change was refused');
    });
    await expect(failing).rejects.toThrow('the change was refused');
    await say(service, factOf(randomUUID()));
    await eventually(async () => (await storedIn(service, streams.events)) === before + 1);
    expect(await countRows('outbox')).toBe(rows + 1);
  });

  it('needs a transaction and a payload that fits', async () => {
    const outbox = service.app.get(Outbox);
    await expect(outbox.append([factOf(randomUUID())])).rejects.toThrow('open transaction');
    await expect(say(service, { ...factOf('not-a-uuid') })).rejects.toThrow('does not fit its contract');
    await expect(say(service, { kind: 'event', name: 'catalog.x', subject: 'evt.catalog.x.v1', payload: {} })).rejects.toThrow(
      'No contract',
    );
  });

  it('keeps what JetStream refuses, without blocking the rest', async () => {
    const id = randomUUID();
    await sqlOfService(service).execute(
      `INSERT INTO outbox (id, kind, subject, payload, headers, created_at)
       VALUES ($1::uuid, 'event', 'nowhere.at.all', '{}', '{}', now() - interval '1 hour')`,
      id,
    );
    const noteId = randomUUID();
    await say(service, factOf(noteId));
    await eventually(async () => (await countRows('effects')) === 1);
    await eventually(async () => {
      const [row] = await sqlOfService(service).query<{ published_at: Date | null; attempts: number }>(
        'SELECT published_at, attempts FROM outbox WHERE id = $1::uuid',
        id,
      );
      expect(row?.published_at).toBeNull();
      expect(row?.attempts).toBeGreaterThan(0);
    });
    await sqlOfService(service).execute('DELETE FROM outbox WHERE id = $1::uuid', id);
  });
});

describe('events', () => {
  it('take effect once, however often they are delivered', async () => {
    const noteId = randomUUID();
    let deliveries = 0;
    written = async (payload) => {
      deliveries += 1;
      await insertEffect(payload.noteId);
      // The first try fails after its effect: the transaction takes the effect back, the redelivery brings it again.
      if (deliveries === 1) throw new Problem('service_unavailable', 'Not yet.');
    };
    await say(service, factOf(noteId));
    await eventually(async () => (await countRows('effects')) === 1 && deliveries === 2);
    await republish(noteId);
    await drained();
    expect(deliveries).toBe(2);
    expect(await countRows('effects')).toBe(1);
  });

  it('take effect again when the id is another', async () => {
    const noteId = randomUUID();
    await say(service, factOf(noteId));
    await say(service, factOf(noteId));
    await eventually(async () => (await countRows('effects')) === 2);
  });

  it('that nobody can read go to the dead letters with their reason', async () => {
    await jetstream(connectionOf(service)).publish(noteWritten.subject, JSON.stringify({ tenantId, noteId: 'nonsense' }));
    const letter = await eventually(() => deadLetter(service, noteWritten.subject));
    expect(letter.header.get('earmark-reason')).toBe('unreadable');
    expect(letter.header.get('earmark-consumer')).toBe('catalog_from_catalog');
    expect(letter.json()).toEqual({ tenantId, noteId: 'nonsense' });
  });

  it('of the context without a handler are acknowledged', async () => {
    await jetstream(connectionOf(service)).publish('evt.catalog.other.v1', 'not even JSON');
    await drained();
  });
});

/** The same fact under the same id, past JetStream's own duplicate check, as after a lost acknowledgement. */
async function republish(noteId: string): Promise<void> {
  const [row] = await sqlOfService(service).query<{ id: string }>(
    `SELECT id::text AS id FROM outbox WHERE payload->>'noteId' = $1::text`,
    noteId,
  );
  const carried = headers();
  carried.set('ce-id', row?.id ?? '');
  await jetstream(connectionOf(service)).publish(noteWritten.subject, JSON.stringify({ tenantId, noteId }), { headers: carried });
}

/** The service has acknowledged everything. */
async function drained(): Promise<void> {
  const consumer = await jetstream(connectionOf(service)).consumers.get(streams.events, 'catalog_from_catalog');
  await eventually(async () => {
    const info = await consumer.info();
    return info.num_pending + info.num_ack_pending === 0;
  });
}
