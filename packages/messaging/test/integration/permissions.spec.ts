import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { temporaryNats, type TemporaryNats } from '@earmark/local-platform';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connectNats } from '../../src/connection.js';
import { EVENT_READER, inboxPrefixOf, OPERATOR } from '../../src/permissions.js';
import { ensureTopology, eventConsumerPlan, streamPlans } from '../../src/topology.js';

const MEBIBYTE = 1 << 20;
const limits = { eventsMaxBytes: MEBIBYTE, jobsMaxBytes: MEBIBYTE, deadMaxBytes: MEBIBYTE };
const REFUSED = /Permissions Violation/i;

let server: TemporaryNats;
let operator: NatsConnection;
let manager: JetStreamManager;
const open: NatsConnection[] = [];

beforeAll(async () => {
  server = await temporaryNats();
  await server.start();
  operator = await connectNats({ servers: server.urlOf(OPERATOR), name: 'operator' });
  manager = await jetstreamManager(operator);
  const catalogsConsumer = eventConsumerPlan('catalog', 'ingest');
  await ensureTopology(manager, { streams: streamPlans(limits), jobConsumers: [], eventConsumers: [catalogsConsumer] });
});
afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close();
});
afterAll(async () => {
  await operator.close();
  await server.stop();
  server.remove();
});

async function as(user: string): Promise<NatsConnection> {
  const connection = await connectNats({ servers: server.urlOf(user), name: user });
  open.push(connection);
  return connection;
}

async function storedEvents(): Promise<number> {
  return (await manager.streams.info('EVENTS')).state.messages;
}

describe('the permissions of the NATS server', () => {
  it('admit nobody without a password', async () => {
    const { hostname, port } = new URL(server.url);
    await expect(connect({ servers: `${hostname}:${port}`, reconnect: false })).rejects.toThrow(/authorization/i);
    await expect(connect({ servers: `${hostname}:${port}`, reconnect: false, user: 'catalog', pass: 'wrong' })).rejects.toThrow(
      /authorization/i,
    );
  });

  it('let a service ask what its code asks, and nothing else', async () => {
    const catalog = await as('catalog');
    const questions: string[] = [];
    catalog.subscribe('rpc.catalog.list-datasets.v1', {
      callback: (_error, message) => {
        questions.push(message.subject);
        message.respond('{}');
      },
    });
    await catalog.flush();
    await (await as('gateway')).request('rpc.catalog.list-datasets.v1', '{}', { timeout: 5_000 });
    const ingest = await as('ingest');
    await expect(ingest.request('rpc.catalog.list-datasets.v1', '{}', { timeout: 5_000 })).rejects.toThrow(REFUSED);
    expect(questions).toHaveLength(1);
  });

  it('let a service announce only what is its own', async () => {
    const before = await storedEvents();
    const catalog = await as('catalog');
    await jetstream(catalog).publish('evt.catalog.dataset-created.v1', '{}');
    await expect(jetstream(catalog).publish('evt.ingest.audio-deleted.v1', '{}')).rejects.toThrow(REFUSED);
    await expect(jetstream(catalog).publish('job.trainer.train-model.v1.cpu', '{}')).rejects.toThrow(REFUSED);
    expect(await storedEvents()).toBe(before + 1);
  });

  it('keep a service from answering for another one and from reading its replies', async () => {
    const catalog = await as('catalog');
    for (const subject of ['rpc.ingest.find-audio-files.v1', '_INBOX.>', `${inboxPrefixOf('gateway')}.>`]) {
      const subscription = catalog.subscribe(subject);
      expect(String(await subscription.closed)).toMatch(REFUSED);
    }
  });

  it('keep a service from the consumers of another one and from deleting streams', async () => {
    const trainers = await jetstreamManager(await as('trainer'), { checkAPI: false });
    await expect(trainers.consumers.info('EVENTS', 'catalog_from_ingest')).rejects.toThrow(REFUSED);
    await expect(trainers.consumers.delete('EVENTS', 'catalog_from_ingest')).rejects.toThrow(REFUSED);
    await expect(trainers.streams.delete('EVENTS')).rejects.toThrow(REFUSED);
    await expect(trainers.streams.purge('EVENTS')).rejects.toThrow(REFUSED);
  });

  it('let outsiders read events with consumers of their own and change nothing', async () => {
    await jetstream(operator).publish('evt.ingest.audio-ready.v1', '{"seen":true}');
    const reader = await as(EVENT_READER);
    const readers = await jetstreamManager(reader);
    await readers.consumers.add('EVENTS', { durable_name: 'outsider', filter_subject: 'evt.ingest.>', ack_policy: 'explicit' });
    const message = await (await jetstream(reader).consumers.get('EVENTS', 'outsider')).next({ expires: 5_000 });
    expect(message?.json()).toEqual({ seen: true });
    expect(await message?.ackAck()).toBe(true);
    const before = await storedEvents();
    await expect(jetstream(reader).publish('evt.ingest.audio-ready.v1', '{}')).rejects.toThrow(REFUSED);
    await expect(reader.request('rpc.catalog.list-datasets.v1', '{}', { timeout: 5_000 })).rejects.toThrow(REFUSED);
    await expect(readers.consumers.delete('EVENTS', 'catalog_from_ingest')).rejects.toThrow(REFUSED);
    const pull = '$JS.API.CONSUMER.MSG.NEXT.EVENTS.catalog_from_ingest';
    await expect(reader.request(pull, '{"batch":1}', { timeout: 5_000 })).rejects.toThrow(REFUSED);
    expect(await storedEvents()).toBe(before);
  });
});
