import { contexts, type Context } from '@earmark/contracts';
import { describe, expect, it } from '@jest/globals';
import { natsConfiguration, natsUsers, type NatsUser, type ServiceTraffic } from './permissions.js';

const quiet: ServiceTraffic = { asks: [], queues: [], hears: [] };

function usersOf(traffic: Partial<Record<Context, Partial<ServiceTraffic>>>): Map<string, NatsUser> {
  const all = Object.fromEntries(contexts.map((context) => [context, { ...quiet, ...traffic[context] }]));
  return new Map(natsUsers(all as Record<Context, ServiceTraffic>).map((user) => [user.name, user]));
}

const mayPublish = (user: NatsUser | undefined): readonly string[] => user?.publish?.allow ?? [];

describe('the users of the NATS server', () => {
  it('are the services, the operator and the reader of events', () => {
    expect([...usersOf({}).keys()]).toEqual([...contexts, 'events', 'operator']);
  });

  it('ask only what their code asks; the gateway hands on every route', () => {
    const users = usersOf({ catalog: { asks: ['ingest.find-audio-files'] } });
    const asked = (name: string): string[] => mayPublish(users.get(name)).filter((subject) => subject.startsWith('rpc.'));
    expect(asked('catalog')).toEqual(['rpc.ingest.find-audio-files.v1']);
    expect(asked('ingest')).toEqual([]);
    expect(asked('gateway')).toContain('rpc.catalog.list-datasets.v1');
    expect(asked('gateway')).not.toContain('rpc.ingest.find-audio-files.v1');
  });

  it('announce their own events and pull from their own consumers only', () => {
    const trainer = mayPublish(usersOf({ trainer: { hears: ['catalog'] } }).get('trainer'));
    expect(trainer.filter((subject) => subject.startsWith('evt.'))).toEqual(['evt.trainer.>']);
    expect(trainer).toContain('$JS.API.CONSUMER.MSG.NEXT.EVENTS.trainer_from_catalog');
    expect(trainer.filter((subject) => subject.includes('EVENTS.') && !subject.includes('trainer_from_catalog'))).toEqual([]);
    expect(trainer.filter((subject) => /STREAM\.(DELETE|PURGE|MSG)/.test(subject))).toEqual([]);
  });

  it('receive replies where nobody else may listen', () => {
    const users = usersOf({});
    expect(users.get('inference')?.subscribe?.allow).toEqual(['rpc.inference.>', '_INBOX.inference.>']);
  });

  it('the reader of events may not touch the platform’s own consumers', () => {
    const reader = usersOf({ trainer: { hears: ['catalog'] } }).get('events');
    expect(reader?.publish?.deny).toEqual(
      expect.arrayContaining([
        '$JS.API.CONSUMER.MSG.NEXT.EVENTS.trainer_from_catalog',
        '$JS.API.CONSUMER.CREATE.EVENTS.trainer_from_catalog.>',
        '$JS.API.CONSUMER.DELETE.EVENTS.trainer_from_catalog',
      ]),
    );
    expect(mayPublish(reader).filter((subject) => !subject.startsWith('$JS.'))).toEqual([]);
  });

  it('have their passwords in the environment of the server', () => {
    const text = natsConfiguration([...usersOf({}).values()]);
    expect(text).toContain('user: "model-registry"\n      password: $NATS_PASSWORD_MODEL_REGISTRY\n');
  });
});
