import { describe, expect, it } from '@jest/globals';
import { defineJob, Uuid, exampleIds, type JobContract } from '@earmark/contracts';
import type { Catalogue } from '@earmark/messaging';
import { parseConfig, serviceEnv } from '@earmark/service-kit';
import { z } from 'zod';
import { BootError, checkDoors } from './boot-check.js';
import type { Door, LaneChoice } from './door-metadata.js';

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
const handler = (where: string, lane: LaneChoice | null): { door: Door; where: string } => ({
  where,
  door: { kind: 'job', contract: train, lane },
});
const sentencesOf = (...found: { door: Door; where: string }[]): readonly string[] => {
  try {
    checkDoors('trainer', catalogue, found, config);
    return [];
  } catch (error) {
    if (error instanceof BootError) return error.sentences;
    throw error;
  }
};

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
    const check = (): void => checkDoors('catalog', catalogue, [handler('A.run', null)], config);
    expect(check).toThrow('A.run handles trainer.train-note, which catalog does not own.');
  });
});
