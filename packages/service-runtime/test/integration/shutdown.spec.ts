import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectNats, RpcClient } from '@earmark/messaging';
import { createLogger } from '@earmark/service-kit';
import { eventually, startServers, type TestServers } from '@earmark/testkit';
import { countNotes } from '../support/contracts.js';
import { startNoteService } from '../support/note-service.js';

const tenantId = '0198c1f2-0000-7000-8000-000000000001';

let servers: TestServers<{ nats: true; postgres: true }>;
let databaseUrl: string;
beforeAll(async () => {
  servers = await startServers({ nats: true, postgres: true });
  databaseUrl = await servers.postgres.createDatabase('catalog');
});
afterAll(() => servers?.stop());

const start = (behaviour: { count?: () => Promise<{ notes: number }> } = {}, slow: Promise<void> = Promise.resolve()) =>
  startNoteService({ natsUrl: servers.nats.url, databaseUrl, behaviour, http: { path: '/slow', until: slow } });

interface Answer {
  readonly status: number;
  readonly connection: string | undefined;
  readonly text: string;
}

function get(url: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      let text = '';
      response.on('data', (bytes: Buffer) => (text += bytes.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, connection: response.headers.connection, text }));
    })
      .on('error', reject)
      .end();
  });
}

describe('a service that stops', () => {
  it('answers every HTTP request in flight and asks the clients to close their connections', async () => {
    let finish: () => void = () => undefined;
    const service = await start({}, new Promise((resolve) => (finish = resolve)));
    const agent = new Agent({ keepAlive: true, maxSockets: 5 });
    const before = await get(`${service.url}/health/live`, agent);
    expect(before.connection).toBe('keep-alive');
    const slow = Array.from({ length: 4 }, () => get(`${service.url}/slow`, agent));
    await eventually(async () => expect((await get(`${service.url}/slow-count`, agent)).text).toBe('4'));
    const stopped = service.stop();
    finish();
    expect(await Promise.all(slow)).toEqual(
      Array.from({ length: 4 }, () => ({ status: 200, connection: 'close', text: 'slow' })),
    );
    await stopped;
    agent.destroy();
  });

  it('leaves its requests to another copy: nobody is refused while copies take turns', async () => {
    const connection = await connectNats({ servers: servers.nats.url, name: 'spec' });
    const client = new RpcClient({ connection, logger: createLogger({ service: 'spec', level: 'silent' }) });
    let copy = await start();
    let going = true;
    const failures: unknown[] = [];
    let answered = 0;
    const load = Array.from({ length: 8 }, async () => {
      while (going)
        await client.ask(countNotes, { tenantId }, { timeoutMs: 20_000 }).then(
          () => (answered += 1),
          (error: unknown) => failures.push(error),
        );
    });
    for (let turn = 0; turn < 3; turn += 1) {
      const seen = answered;
      await eventually(() => answered > seen + 20);
      // Nobody is there between the two: requests wait until somebody is.
      await copy.stop();
      copy = await start();
    }
    going = false;
    await Promise.all(load);
    expect(failures).toEqual([]);
    await copy.stop();
    await connection.close();
  });
});
