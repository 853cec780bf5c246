import { describe, expect, it } from '@jest/globals';
import type { CallContext } from '@earmark/contracts';
import { listInferenceFiles, readInferenceJob } from '@earmark/contracts/inference/routes';
import { listModels } from '@earmark/contracts/model-registry/routes';
import { CompleteFile } from './complete-file.js';
import { ReadPage } from './read-page.js';

const context = { tenantId: 'tenant' } as CallContext;

interface Asked {
  readonly name: string;
  readonly query: Record<string, unknown>;
}

/** An owner of `total` numbers that sends at most `perMessage` of them. */
function owner(total: number, perMessage: number) {
  const asked: Asked[] = [];
  const call = async (route: { name: string }, { query }: { query: Record<string, unknown> }) => {
    asked.push({ name: route.name, query });
    const size = Number(query['page_size'] ?? 1000);
    const from = query['cursor'] === undefined ? (Number(query['page'] ?? 1) - 1) * size : Number(query['cursor']);
    const end = Math.min(total, from + Math.min(size, perMessage));
    const items = Array.from({ length: end - from }, (_, index) => from + index);
    const cursor = end < total ? String(end) : null;
    const body =
      route.name === readInferenceJob.name
        ? { id: 'job', files: items, files_next_cursor: cursor }
        : { items, total, page: 1, page_size: size, next_cursor: cursor };
    return { body, etag: null };
  };
  return { asked, services: { call, ask: () => Promise.reject(new Error('nothing is asked')) } as never };
}

async function pageOf(made: ReturnType<typeof owner>, route: typeof listModels | typeof readInferenceJob, query: object = {}) {
  const items: unknown[] = [];
  let cursor: string | null = null;
  if (route.answerPage === null) throw new Error('The route answers no page.');
  for await (const part of new ReadPage(made).execute(route, route.answerPage, { context, query })) {
    items.push(...part.items);
    cursor = part.cursor;
  }
  return { items, cursor };
}

const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);

describe('a page that its owner cannot send in one message', () => {
  it('is asked for until it is whole, with the filter of the query', async () => {
    const made = owner(2_500, 300);
    const { items, cursor } = await pageOf(made, listModels, { page_size: 1000, is_active: 'true' });
    expect(items).toEqual(numbers(0, 1_000));
    expect(cursor).toBe('1000');
    expect(made.asked.map(({ query }) => query['page_size'])).toEqual([1000, 700, 400, 100]);
    expect(made.asked.every(({ query }) => query['is_active'] === 'true')).toBe(true);
  });

  it('may be any numbered page, and the last one', async () => {
    expect((await pageOf(owner(2_500, 300), listModels, { page: 3, page_size: 1000 })).items).toEqual(numbers(2_000, 500));
    const short = owner(2_500, 300);
    expect(await pageOf(short, listModels, { page: 4, page_size: 1000 })).toEqual({ items: [], cursor: null });
    expect(short.asked).toHaveLength(1);
  });

  it('inside another answer is continued by the list of its items', async () => {
    const made = owner(2_500, 400);
    expect(await pageOf(made, readInferenceJob)).toEqual({ items: numbers(0, 1_000), cursor: '1000' });
    expect(made.asked.map(({ name }) => name)).toEqual([readInferenceJob.name, listInferenceFiles.name, listInferenceFiles.name]);
  });

  it('costs one message when it fits', async () => {
    const made = owner(1_000, 1_000);
    expect((await pageOf(made, listModels, { page_size: 1000 })).items).toHaveLength(1_000);
    expect(made.asked).toHaveLength(1);
  });
});

describe('a file whose detections do not fit in one message', () => {
  it('gets the rest, page by page', async () => {
    const made = owner(12_345, 1_000);
    const cut = { id: 'file', inference_job_id: 'job', detections: numbers(0, 5_000), detection_count: 12_345 };
    const whole = await new CompleteFile(made).execute(cut as never, context);
    expect(whole.detections).toEqual(numbers(0, 12_345));
  });

  it('that is whole, or not searched yet, is left alone', async () => {
    const made = owner(0, 1_000);
    const files = [
      { detections: [], detection_count: 0 },
      { detections: [1, 2], detection_count: 2 },
      { detections: null, detection_count: null },
    ];
    for (const file of files) expect(await new CompleteFile(made).execute(file as never, context)).toBe(file);
    expect(made.asked).toEqual([]);
  });
});
