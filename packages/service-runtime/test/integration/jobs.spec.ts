import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Problem } from '@earmark/contracts';
import { jobConsumerName, streams } from '@earmark/messaging';
import type { RunningService } from '@earmark/service-runtime';
import { done, later, skipped } from '@earmark/service-kit';
import { eventually, startServers, type TestServers } from '@earmark/testkit';
import { ACK_WAIT_MS, copyNote, RETRY_DELAYS_MS } from '../support/contracts.js';
import { startNoteService, type Behaviour } from '../support/note-service.js';
import { deadLetter, managerOf, say } from '../support/streams.js';

const tenantId = randomUUID();
const request = (noteId: string = randomUUID()) => copyNote.request({ tenantId, noteId });

let servers: TestServers<{ nats: true; postgres: true }>;
let databaseUrl: string;
let service: RunningService;
let copy: Behaviour['copy'];

const start = (env: Record<string, string> = {}): Promise<RunningService> =>
  startNoteService({ natsUrl: servers.nats.url, databaseUrl, behaviour: { copy: (payload, work) => copy(payload, work) }, env });

beforeAll(async () => {
  servers = await startServers({ nats: true, postgres: true });
  databaseUrl = await servers.postgres.createDatabase('catalog');
  service = await start();
});
afterAll(async () => {
  await service?.stop();
  await servers?.stop();
});
beforeEach(() => {
  copy = async () => done();
});

const queue = async () => (await managerOf(service)).consumers.info(streams.jobs, jobConsumerName(copyNote.subject));
const queueIsEmpty = () =>
  eventually(async () => {
    const info = await queue();
    return info.num_pending + info.num_ack_pending === 0;
  });

describe('jobs', () => {
  it('are done once and leave the queue', async () => {
    const seen: { noteId: string; attempt: number; owner: string }[] = [];
    copy = async ({ noteId }, { attempt, owner }) => {
      seen.push({ noteId, attempt, owner });
      return seen.length === 1 ? done() : skipped('It is there.');
    };
    const noteId = randomUUID();
    await say(service, request(noteId), request(noteId));
    await eventually(() => seen.length === 2);
    await queueIsEmpty();
    expect(seen[0]).toEqual({ noteId, attempt: 1, owner: expect.stringMatching(/-\d+-[0-9a-f]{8}$/) });
    expect((await (await managerOf(service)).streams.info(streams.jobs)).state.messages).toBe(0);
  });

  it('that fail are tried by the table, then buried', async () => {
    const attempts: number[] = [];
    copy = (_payload, { attempt }) => {
      attempts.push(attempt);
      return Promise.reject(new Problem('service_unavailable', 'The model is not there.'));
    };
    const message = request();
    await say(service, message);
    const letter = await eventually(() => deadLetter(service, copyNote.subject));
    expect(attempts).toEqual([1, 2, 3].slice(0, RETRY_DELAYS_MS.length + 1));
    expect(letter.json()).toEqual(message.payload);
    expect(letter.header.get('earmark-reason')).toBe('service_unavailable');
    expect(letter.header.get('earmark-detail')).toBe('The model is not there.');
    expect(letter.header.get('earmark-deliveries')).toBe('3');
    expect(letter.header.get('earmark-subject')).toBe(copyNote.subject);
    expect(letter.header.get('ce-id')).not.toBe('');
    await queueIsEmpty();
  });

  it('are buried at once by a problem that trying again cannot help', async () => {
    let attempts = 0;
    copy = () => {
      attempts += 1;
      return Promise.reject(new Problem('decode_failed', 'This is a picture.'));
    };
    await say(service, request());
    await eventually(async () => (await deadLetter(service, copyNote.subject)).header.get('earmark-reason') === 'decode_failed');
    await queueIsEmpty();
    expect(attempts).toBe(1);
  });

  it('survive bugs of the handler', async () => {
    let attempts = 0;
    copy = () => {
      attempts += 1;
      return attempts === 1 ? Promise.reject(new TypeError('x is undefined')) : Promise.resolve(done());
    };
    await say(service, request());
    await eventually(() => attempts === 2);
    await queueIsEmpty();
  });

  it('wait as long as the handler says, however often, and never die of it', async () => {
    let attempts = 0;
    copy = async () => {
      attempts += 1;
      return attempts <= RETRY_DELAYS_MS.length + 3 ? later(20) : done();
    };
    await say(service, request());
    await eventually(() => attempts === RETRY_DELAYS_MS.length + 4);
    await queueIsEmpty();
  });

  it('are not delivered again while the handler works longer than the ack wait', async () => {
    let attempts = 0;
    let finish: () => void = () => undefined;
    copy = async () => {
      attempts += 1;
      await new Promise<void>((resolve) => (finish = resolve));
      return done();
    };
    await say(service, request());
    await eventually(() => attempts === 1);
    const startedMs = performance.now();
    await eventually(() => performance.now() - startedMs > 2.5 * ACK_WAIT_MS);
    expect((await queue()).num_redelivered).toBe(0);
    finish();
    await queueIsEmpty();
    expect(attempts).toBe(1);
  });

  it('keep to the number in flight', async () => {
    let inHand = 0;
    let most = 0;
    const finish: (() => void)[] = [];
    copy = async () => {
      inHand += 1;
      most = Math.max(most, inHand);
      await new Promise<void>((resolve) => finish.push(resolve));
      inHand -= 1;
      return done();
    };
    await say(service, ...Array.from({ length: 5 }, () => request()));
    await eventually(() => {
      for (const each of finish.splice(0)) if (inHand === copyNote.delivery.maxInFlight || finish.length === 0) each();
      return most === copyNote.delivery.maxInFlight && inHand === 0;
    });
    await eventually(async () => {
      for (const each of finish.splice(0)) each();
      const info = await queue();
      return info.num_pending + info.num_ack_pending === 0;
    });
    expect(most).toBe(copyNote.delivery.maxInFlight);
  });

  it('in hand are aborted and given back when the process stops', async () => {
    const aborted: string[] = [];
    let started = 0;
    copy = async ({ noteId }, { signal }) => {
      started += 1;
      if (started > 1) return done();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      aborted.push(noteId);
      throw new Error('stopped in the middle');
    };
    await service.stop();
    const dying = await start({ SHUTDOWN_GRACE_MS: '50' });
    const noteId = randomUUID();
    await say(dying, request(noteId));
    await eventually(() => started === 1);
    await dying.stop();
    expect(aborted).toEqual([noteId]);
    service = await start();
    // Given back, not waiting for the ack wait to pass, and not counted as the handler's failure.
    await eventually(() => started === 2);
    await queueIsEmpty();
  });
});
