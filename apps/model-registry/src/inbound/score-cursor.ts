import { Problem, Uuid } from '@earmark/contracts';
import type { CursorCodec } from '@earmark/service-kit';
import { z } from 'zod';
import type { ScoreKey } from '../ports.js';

const Wire = z.tuple([z.number(), Uuid]);

/** Cursors of lists ordered by (F1 score, id). */
export const scoreCursor: CursorCodec<ScoreKey> = {
  encode: ({ f1Score, id }) => Buffer.from(JSON.stringify([f1Score, id]), 'utf8').toString('base64url'),
  decode: (cursor) => {
    const parsed = Wire.safeParse(jsonOf(cursor));
    if (!parsed.success) throw unreadable();
    const [f1Score, id] = parsed.data;
    return { f1Score, id };
  },
};

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
