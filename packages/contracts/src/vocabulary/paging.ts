import { z } from 'zod';

/** Offset paging (`page`, `page_size`) or stable paging (`cursor`, from `next_cursor`). Pages are numbered from 1. */
export const PageQuery = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  page_size: z.coerce.number().int().min(1).max(1000).default(1000),
  cursor: z.string().min(1).max(500).optional(),
});
export type PageQuery = z.output<typeof PageQuery>;

/** The envelope of every list. `next_cursor` is null on the last page. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    total: z.number().int().nonnegative(),
    page: z.number().int(),
    page_size: z.number().int(),
    next_cursor: z.string().nullable(),
  });
