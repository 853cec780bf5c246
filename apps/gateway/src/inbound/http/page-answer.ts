import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { AnswerPage } from '@earmark/contracts';
import type { PagePart } from '../../use-cases/read-page.js';
import { sendJson } from './answers.js';
import { clientSignal } from './exchange.js';

export interface PageAnswer {
  readonly response: ServerResponse;
  readonly status: number;
  readonly page: AnswerPage;
  readonly parts: AsyncGenerator<PagePart, void>;
  /** Makes a whole item of one that its owner may have cut. */
  readonly complete: (item: unknown) => Promise<unknown>;
}

/**
 * Sends a page that may come in several parts. One part is answered as usual; more are written as they arrive, so that memory holds one
 * part however large the page is. What fails after the first part cuts the connection: half a page must not look like a whole one.
 */
export async function sendPage(answer: PageAnswer): Promise<void> {
  const { response, status, parts, page } = answer;
  const first = await parts.next();
  if (first.done === true) throw new Error('A page has at least one part.');
  const { body, items, etag } = first.value;
  const second = await parts.next();
  if (second.done === true) {
    const whole = [];
    for (const item of items) whole.push(await answer.complete(item));
    return sendJson(response, { status, body: { ...body, [page.items]: whole }, etag });
  }
  if (etag !== null) response.setHeader('ETag', `"${etag}"`);
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  await writeParts(answer, first.value, inTurn(first.value, second.value, parts));
}

async function* inTurn(first: PagePart, second: PagePart, rest: AsyncGenerator<PagePart, void>): AsyncGenerator<PagePart, void> {
  yield first;
  yield second;
  yield* rest;
}

async function writeParts(
  { response, page, complete }: PageAnswer,
  first: PagePart,
  parts: AsyncGenerator<PagePart, void>,
): Promise<void> {
  const { [page.items]: _items, [page.cursor]: _cursor, ...others } = first.body;
  const signal = clientSignal(response);
  await write(response, signal, `${JSON.stringify(others).slice(0, -1)},${JSON.stringify(page.items)}:[`);
  let separator = '';
  let cursor: string | null = null;
  for await (const part of parts) {
    for (const item of part.items) {
      await write(response, signal, separator + JSON.stringify(await complete(item)));
      separator = ',';
    }
    cursor = part.cursor;
  }
  response.end(`],${JSON.stringify(page.cursor)}:${JSON.stringify(cursor)}}`);
}

/** Waits for a client that reads slowly; throws when it goes. */
async function write(response: ServerResponse, signal: AbortSignal, text: string): Promise<void> {
  signal.throwIfAborted();
  if (!response.write(text)) await once(response, 'drain', { signal });
}
