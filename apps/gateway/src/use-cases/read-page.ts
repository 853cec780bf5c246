import type { AnswerPage, RouteContract } from '@earmark/contracts';
import type { RawCall, Services } from '../ports.js';

/** What an owner sent in one message: the answer and the part of the page in it. */
export interface PagePart {
  readonly body: Readonly<Record<string, unknown>>;
  readonly etag: string | null;
  readonly items: readonly unknown[];
  /** Where the rest of the list begins; null when nothing follows. */
  readonly cursor: string | null;
}

type LooseServices = { call(route: RouteContract, call: RawCall): Promise<{ body: unknown; etag: string | null }> };

/**
 * Reads a page over as many messages as its owner needs. An owner cuts what one message cannot hold and says where the rest begins; a
 * part that is short although something follows was cut.
 */
export class ReadPage {
  readonly #services: LooseServices;

  constructor({ services }: { services: Services }) {
    this.#services = services;
  }

  async *execute(route: RouteContract, page: AnswerPage, call: RawCall): AsyncGenerator<PagePart, void> {
    const first = partOf(await this.#services.call(route, call), page);
    yield first;
    let left = (page.size ?? Number(first.body['page_size'])) - first.items.length;
    for (let { cursor } = first; cursor !== null && left > 0;) {
      const part = await this.#rest(page.continuedBy ?? route, call, { cursor, page_size: left });
      yield part;
      // Nothing and a cursor again would go on for ever.
      if (part.items.length === 0) throw new Error(`${route.name} sent an empty part of a page and a cursor.`);
      left -= part.items.length;
      cursor = part.cursor;
    }
  }

  async #rest(list: RouteContract, call: RawCall, from: { cursor: string; page_size: number }): Promise<PagePart> {
    const { page: _number, ...query } = (call.query ?? {}) as Record<string, unknown>;
    const reply = await this.#services.call(list, { ...call, query: { ...query, ...from } });
    return partOf(reply, list.answerPage ?? { items: 'items', cursor: 'next_cursor' });
  }
}

function partOf(reply: { body: unknown; etag: string | null }, page: Pick<AnswerPage, 'items' | 'cursor'>): PagePart {
  const body = reply.body as Record<string, unknown>;
  return { body, etag: reply.etag, items: body[page.items] as unknown[], cursor: body[page.cursor] as string | null };
}
