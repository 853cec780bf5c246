import { describe, expect, it } from '@jest/globals';
import { defineEvent, defineJob, Uuid, exampleIds, type JobContract } from '@earmark/contracts';
import type { Catalogue } from '@earmark/messaging';
import { z } from 'zod';
import { serviceEnv } from '../config/environment.js';
import { parseConfig } from '../config/parse-config.js';
import { BootError, checkHandlers } from './boot-check.js';
import type { Handler, LaneChoice } from './handler-metadata.js';

const config = parseConfig(z.object(serviceEnv), { DATABASE_URL: 'postgresql://x' });
const train = defineJob<z.ZodObject<{ id: typeof Uuid }>, 'cpu' | 'gpu'>({
  name: 'trainer.train-note',
  version: 1,
  summary: 'Train.',
  payload: z.object({ id: Uuid }),
  example: { id: exampleIds.datasetId },
  delivery: { ackWaitMs: 1_000, retryDelaysMs: [], maxInFlight: 1 },
  lanes: ['cpu', 'gpu'],
}) as unknown as JobContract;
const catalogue: Catalogue = {
  events: [],
  jobs: [train],
  ownedBy: (context) => ({ routes: [], rpcs: [], jobs: context === 'trainer' ? [train] : [] }),
};
const handler = (where: string, lane: LaneChoice | null): { handler: Handler; where: string } => ({
  where,
  handler: { kind: 'job', contract: train, lane, concurrency: null },
});
const sentencesOf = (...found: { handler: Handler; where: string }[]): readonly string[] => {
  try {
    checkHandlers('trainer', catalogue, found, config);
    return [];
  } catch (error) {
    if (error instanceof BootError) return error.sentences;
    throw error;
  }
};

const noted = defineEvent({
  name: 'trainer.note-written',
  version: 1,
  summary: 'A note was written.',
  payload: z.object({ id: Uuid }),
  example: { id: exampleIds.datasetId },
  heardBy: ['catalog'],
});

describe('the boot check of events', () => {
  const events: Catalogue = { ...catalogue, events: [noted], jobs: [], ownedBy: () => ({ routes: [], rpcs: [], jobs: [] }) };
  const hears = (where: string) => ({ where, handler: { kind: 'event', contract: noted, onEveryReplica: false } as const });
  const check = (context: 'catalog' | 'ingest', ...found: ReturnType<typeof hears>[]) => {
    return () => checkHandlers(context, events, found, config);
  };

  it('takes one handler where the contract says that the service hears it', () => {
    expect(check('catalog', hears('A.on'))).not.toThrow();
    expect(check('ingest')).not.toThrow();
  });

  it('refuses none, two, and one in a service that the contract does not name', () => {
    expect(check('catalog')).toThrow('The event trainer.note-written has no handler: write a method with @HandlesEvent(...)');
    expect(check('catalog', hears('A.on'), hears('B.on'))).toThrow('has 2 handlers (A.on, B.on): keep one.');
    expect(check('ingest', hears('A.on'))).toThrow('A.on handles trainer.note-written, which does not name ingest in heardBy.');
  });
});

describe('the boot check of jobs', () => {
  it('takes one handler for all lanes, one per lane, or one for the lane of this process', () => {
    expect(sentencesOf(handler('A.run', null))).toEqual([]);
    expect(sentencesOf(handler('A.cpu', 'cpu'), handler('A.gpu', 'gpu'))).toEqual([]);
    expect(sentencesOf(handler('A.run', () => ['gpu']))).toEqual([]);
  });

  it('refuses none, and two on one subject', () => {
    expect(sentencesOf()).toEqual([expect.stringMatching(/^The job trainer\.train-note has no handler: .*@HandlesJob/)]);
    expect(sentencesOf(handler('A.run', null), handler('B.gpu', 'gpu'))).toEqual([
      'The job subject job.trainer.train-note.v1.gpu has 2 handlers (A.run, B.gpu): keep one.',
    ]);
  });

  it('refuses a handler of what the service does not own', () => {
    const check = (): void => checkHandlers('catalog', catalogue, [handler('A.run', null)], config);
    expect(check).toThrow('A.run handles trainer.train-note, which catalog does not own.');
  });
});
