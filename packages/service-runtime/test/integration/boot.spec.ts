import { connectNats } from '@earmark/messaging';
import type { Type } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BootError } from '@earmark/service-runtime';
import { startServers, type TestServers } from '@earmark/testkit';
import { NoteEvents, NoteRoutes, NoteRpcs, startNoteService } from '../support/note-service.js';

let servers: TestServers<{ nats: true; postgres: true }>;
let databaseUrl: string;
beforeAll(async () => {
  servers = await startServers({ nats: true, postgres: true });
  databaseUrl = await servers.postgres.createDatabase('catalog');
});
afterAll(() => servers?.stop());

class SecondRpcs extends NoteRpcs {}
class SecondEvents extends NoteEvents {}

const bootFailure = async (controllers: Type[]): Promise<BootError> => {
  const outcome: unknown = await startNoteService({ natsUrl: servers.nats.url, databaseUrl, controllers }).catch(
    (e: unknown) => e,
  );
  if (outcome instanceof BootError) return outcome;
  throw new Error('It started.');
};

describe('boot', () => {
  it('is refused while a contract has no handler, with a sentence that says what to write', async () => {
    const { sentences } = await bootFailure([NoteRoutes]);
    expect(sentences).toEqual([
      'The rpc catalog.count-notes has no handler: write a method with @HandlesRpc(...) in src/inbound and list its class in module.ts.',
    ]);
  });

  it('is refused when a contract has two handlers', async () => {
    const { sentences } = await bootFailure([NoteRoutes, NoteRpcs, SecondRpcs]);
    expect(sentences).toEqual(['The rpc catalog.count-notes has 2 handlers (NoteRpcs.count, SecondRpcs.count): keep one.']);
  });

  it('is refused when an event that the service hears has two handlers', async () => {
    const { sentences } = await bootFailure([NoteRoutes, NoteRpcs, SecondEvents]);
    expect(sentences).toEqual([
      'The event catalog.note-written has 2 handlers (SecondEvents.written, NoteEvents.written): keep one.',
    ]);
  });

  it('works on the streams that are there', async () => {
    const options = { natsUrl: servers.nats.url, databaseUrl };
    await (await startNoteService(options)).stop();
    const two = await Promise.all([startNoteService(options), startNoteService(options)]);
    await Promise.all(two.map((service) => service.stop()));
  });

  it('leaves the connection list of the server with our name while it runs', async () => {
    const connection = await connectNats({ servers: servers.nats.url, name: 'spec' });
    expect(connection.info?.max_payload).toBe(8 * 1024 * 1024);
    await connection.close();
  });
});
