import { Instant, Problem, Uuid, type PageQuery } from '@earmark/contracts';
import { z } from 'zod';
import type { CreationKey, Page, PageRequest, PositionKey, VersionKey } from './page.js';

/** How a place in a list travels: opaque to clients, base64url of JSON. */
export interface CursorCodec<Key> {
  encode(key: Key): string;
  /** Throws validation_failed for anything that `encode` did not write. */
  decode(cursor: string): Key;
}

/** Cursors of lists ordered by (created_at, id). */
export const creationCursor = codec<CreationKey, [string, string]>(
  z.tuple([Instant, Uuid]),
  ({ createdAt, id }) => [createdAt.toISOString(), id],
  ([createdAt, id]) => ({ createdAt: new Date(createdAt), id }),
);

/** Cursors of lists ordered by version number. */
export const versionCursor = codec<VersionKey, [number]>(
  z.tuple([z.number().int()]),
  ({ version }) => [version],
  ([version]) => ({ version }),
);

/** Cursors of lists that never change. */
export const positionCursor = codec<PositionKey, ['at', number]>(
  z.tuple([z.literal('at'), z.number().int().nonnegative()]),
  ({ position }) => ['at', position],
  ([, position]) => ({ position }),
);

/** The part of the list that a query asks for; a cursor wins over a page number. */
export function toPageRequest<Key>(query: PageQuery, cursors: CursorCodec<Key>): PageRequest<Key> {
  const after = query.cursor === undefined ? null : cursors.decode(query.cursor);
  return { page: query.page, pageSize: query.page_size, after };
}

/** The envelope of a list. */
export function toList<Item, Key, View>(
  query: PageQuery,
  page: Page<Item, Key>,
  cursors: CursorCodec<Key>,
  view: (item: Item) => View,
) {
  return {
    items: page.items.map(view),
    total: page.total,
    page: query.page,
    page_size: query.page_size,
    next_cursor: page.next === null ? null : cursors.encode(page.next),
  };
}

function codec<Key, Wire>(schema: z.ZodType<Wire>, write: (key: Key) => Wire, read: (wire: Wire) => Key): CursorCodec<Key> {
  return {
    encode: (key) => Buffer.from(JSON.stringify(write(key)), 'utf8').toString('base64url'),
    decode: (cursor) => {
      const parsed = schema.safeParse(jsonOf(cursor));
      if (!parsed.success) throw unreadable();
      return read(parsed.data);
    },
  };
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(cause?: unknown): Problem {
  const errors = [{ loc: ['query', 'cursor'], msg: 'is not a cursor of this list', type: 'cursor' }];
  return new Problem('validation_failed', 'The cursor is not one that this list gave out.', { errors, cause });
}
