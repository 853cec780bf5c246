/** Which part of an ordered list: a numbered page (from 1), or what follows `after` (then `page` is ignored). */
export interface PageRequest<Key> {
  readonly page: number;
  readonly pageSize: number;
  readonly after: Key | null;
}

/** A part of a list; `next` is the key of its last item, null when nothing follows. */
export interface Page<Item, Key> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly next: Key | null;
}

/** Place in a list ordered by time of creation, ties by id. */
export interface CreationKey {
  readonly createdAt: Date;
  readonly id: string;
}

/** Place in a list ordered by version number. */
export interface VersionKey {
  readonly version: number;
}

/** Place in a list that never changes: how many items come before. */
export interface PositionKey {
  readonly position: number;
}

/** How many rows a numbered page leaves out; none when the list continues after a key. */
export function rowsToSkip({ page, pageSize, after }: PageRequest<unknown>): number {
  return after === null ? (page - 1) * pageSize : 0;
}

/** Makes a page of up to `pageSize + 1` rows: the one too many only says that there is more. */
export function pageOf<Item, Key>(
  rows: readonly Item[],
  total: number,
  pageSize: number,
  keyOf: (item: Item) => Key,
): Page<Item, Key> {
  const items = rows.slice(0, pageSize);
  const last = items.at(-1);
  return { items, total, next: rows.length > pageSize && last !== undefined ? keyOf(last) : null };
}
