import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningService } from '@earmark/service-runtime';
import { done, type Work } from '@earmark/service-kit';
import { eventually, startServers, type TestServers } from '@earmark/testkit';
import { copyNote, noteWritten } from '../support/contracts.js';
import { startNoteService } from '../support/note-service.js';
import { say, sqlOfService, storedIn } from '../support/streams.js';

const tenantId = randomUUID();
const NOTES = 250;

let servers: TestServers<{ nats: true; postgres: true }>;
let replicas: RunningService[];
const runs: { noteId: string; owner: string }[] = [];
let unfinished: string[] = [];
let sweeps = 0;
let release: Promise<void> = Promise.resolve();

beforeAll(async () => {
  servers = await startServers({ nats: true, postgres: true });
  const databaseUrl = await servers.postgres.createDatabase('catalog');
  const start = async (): Promise<RunningService> => {
    const service: RunningService = await startNoteService({
      natsUrl: servers.nats.url,
      databaseUrl,
      behaviour: {
        copy: async ({ noteId }, { owner }: Work) => {
          runs.push({ noteId, owner });
          await release;
          return done();
        },
        written: async ({ noteId }) => {
          await sqlOfService(service).execute('INSERT INTO effects VALUES ($1::uuid)', noteId);
        },
        findLost: async () => {
          sweeps += 1;
          return unfinished.map((noteId) => copyNote.request({ tenantId, noteId }));
        },
      },
    });
    return service;
  };
  replicas = [await start(), await start()];
  await sqlOfService(first()).execute('CREATE TABLE effects (note_id uuid NOT NULL)');
});
afterAll(async () => {
  await Promise.all((replicas ?? []).map((replica) => replica.stop()));
  await servers?.stop();
});

const first = (): RunningService => replicas[0] as RunningService;
const noteIds = Array.from({ length: NOTES }, () => randomUUID());

describe('two replicas', () => {
  it('share jobs and events: each is done once, nothing is left', async () => {
    const [one, two] = replicas as [RunningService, RunningService];
    const messages = noteIds.map((noteId) => [noteWritten.fact({ tenantId, noteId }), copyNote.request({ tenantId, noteId })]);
    await Promise.all([say(one, ...messages.slice(0, 100).flat()), say(two, ...messages.slice(100).flat())]);
    await eventually(
      async () => {
        const [row] = await sqlOfService(one).query<{ notes: number; effects: number }>(
          'SELECT count(DISTINCT note_id)::int AS notes, count(*)::int AS effects FROM effects',
        );
        return row?.notes === NOTES && row.effects === NOTES && runs.length >= NOTES;
      },
      { timeoutMs: 30_000, everyMs: 50 },
    );
    expect(runs.map(({ noteId }) => noteId).sort((a, b) => a.localeCompare(b))).toEqual(
      [...noteIds].sort((a, b) => a.localeCompare(b)),
    );
    expect(new Set(runs.map(({ owner }) => owner)).size).toBe(2);
    await eventually(async () => (await storedIn(one, 'JOBS')) === 0);
    expect(await storedIn(one, 'EVENTS')).toBe(NOTES);
  });

  it('sweep lost work once, and leave it alone while it is in hand', async () => {
    const lost = randomUUID();
    let finish: () => void = () => undefined;
    release = new Promise((resolve) => (finish = resolve));
    unfinished = [lost];
    await eventually(() => runs.some(({ noteId }) => noteId === lost));
    const sweepsBefore = sweeps;
    await eventually(() => sweeps > sweepsBefore + 10);
    const [row] = await sqlOfService(first()).query<{ n: number }>(
      `SELECT count(*)::int AS n FROM outbox WHERE payload->>'noteId' = $1::text`,
      lost,
    );
    expect(row?.n).toBe(1);
    unfinished = [];
    finish();
  });
});
