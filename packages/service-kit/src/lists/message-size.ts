import { Problem, type PageQuery } from '@earmark/contracts';
import type { Page } from './page.js';

/** Bytes of a list's items as JSON; a message holds 8 MiB. */
const MAX_LIST_BYTES = 6 * 1024 * 1024;

/** How a list's items look on the wire and where each stands. */
export interface ItemShape<Item, Key> {
  readonly view: (item: Item) => unknown;
  readonly keyOf: (item: Item) => Key;
}

/** The page, cut to as many items as a message holds (at least one, so that reading by cursor always moves on). */
export function cutToMessage<Item, Key>(page: Page<Item, Key>, { view, keyOf }: ItemShape<Item, Key>): Page<Item, Key> {
  let bytes = 0;
  const tooMuch = page.items.findIndex((item) => (bytes += Buffer.byteLength(JSON.stringify(view(item)))) > MAX_LIST_BYTES);
  if (tooMuch === -1) return page;
  const items = page.items.slice(0, Math.max(1, tooMuch));
  const last = items.at(-1);
  const isCut = items.length < page.items.length;
  return { ...page, items, next: isCut && last !== undefined ? keyOf(last) : page.next };
}

/**
 * As {@link cutToMessage} for a list that was asked for by `query`: who reads by cursor gets the rest with the next one, who asked for
 * a numbered page would miss something and gets validation_failed instead.
 */
export function fitToMessage<Item, Key>(query: PageQuery, page: Page<Item, Key>, shape: ItemShape<Item, Key>): Page<Item, Key> {
  const cut = cutToMessage(page, shape);
  if (query.cursor !== undefined || cut.items.length === page.items.length) return cut;
  const msg = `must be at most ${cut.items.length} here`;
  const errors = [{ loc: ['query', 'page_size'], msg, type: 'page_too_large' }];
  throw new Problem('validation_failed', `The page is too large for one answer: page_size ${msg}.`, { errors });
}
