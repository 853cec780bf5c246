import type { Page } from './page.js';

/** Bytes of a list's items as JSON; a message holds 8 MiB, and the gateway holds a part in memory while it asks for the next. */
const MAX_LIST_BYTES = 4 * 1024 * 1024;

/** How a list's items look on the wire and where each stands. */
export interface ItemShape<Item, Key> {
  readonly view: (item: Item) => unknown;
  readonly keyOf: (item: Item) => Key;
}

/**
 * The page, cut to as many items as a message holds (at least one, so that reading by cursor always moves on). Clients never see the
 * cut: the gateway asks on with the cursor until the page is whole.
 */
export function cutToMessage<Item, Key>(page: Page<Item, Key>, { view, keyOf }: ItemShape<Item, Key>): Page<Item, Key> {
  let bytes = 0;
  const tooMuch = page.items.findIndex((item) => (bytes += Buffer.byteLength(JSON.stringify(view(item)))) > MAX_LIST_BYTES);
  if (tooMuch === -1) return page;
  const items = page.items.slice(0, Math.max(1, tooMuch));
  const last = items.at(-1);
  const isCut = items.length < page.items.length;
  return { ...page, items, next: isCut && last !== undefined ? keyOf(last) : page.next };
}
