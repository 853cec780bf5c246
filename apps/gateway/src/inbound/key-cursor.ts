import { Instant, Problem, Uuid } from '@earmark/contracts';
import { z } from 'zod';

/** A place in a list ordered by (created_at, id). */
interface Place {
  readonly createdAt: Date;
  readonly id: string;
}

const Wire = z.tuple([Instant, Uuid]);

/** The opaque text of a place. */
export function cursorOf({ createdAt, id }: Place): string {
  return Buffer.from(JSON.stringify([createdAt.toISOString(), id])).toString('base64url');
}

/** The place of a cursor; problem `validation_failed` for a text that is none. */
export function placeIn(cursor: string): Place {
  const parsed = Wire.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (parsed.success) return { createdAt: new Date(parsed.data[0]), id: parsed.data[1] };
  throw new Problem('validation_failed', 'The cursor is not one that this list gave out.', {
    errors: [{ loc: ['query', 'cursor'], msg: 'is not a cursor of this list', type: 'cursor' }],
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
