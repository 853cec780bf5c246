import { describe, expect, it } from '@jest/globals';
import { fromReply, Problem, toReply } from './problems.js';

describe('problems', () => {
  it('survive the wire', () => {
    const problem = new Problem('rate_limited', 'Slow down.', {
      retryAfterSeconds: 3,
      errors: [{ loc: ['body', 'name'], msg: 'x', type: 'y' }],
    });
    const back = fromReply(toReply(problem));
    expect(toReply(back)).toEqual(toReply(problem));
    expect(back.kind.status).toBe(429);
    expect(back.kind.retryable).toBe(true);
  });

  it('of a newer service become internal, never an exception', () => {
    const back = fromReply({ code: 'from_the_future' as never, detail: 'Hm.', errors: [], retryAfterSeconds: null });
    expect(back.code).toBe('internal');
  });
});
