import { describe, expect, it } from '@jest/globals';
import { Problem } from '@earmark/contracts';
import { okReply, problemReply, valueOfReply } from './rpc-wire.js';

const overTheWire = (reply: unknown): unknown => JSON.parse(JSON.stringify(reply)) as unknown;

describe('replies', () => {
  it('carry values, null included', () => {
    for (const value of [{ a: 1 }, null, 0, false, '']) expect(valueOfReply(overTheWire(okReply(value)))).toEqual(value);
  });

  it('carry problems whole', () => {
    const errors = [{ loc: ['body', 0, 'name'], msg: 'too long', type: 'too_big' }];
    const sent = new Problem('rate_limited', 'Slow down.', { errors, retryAfterSeconds: 3 });
    expect(() => valueOfReply(overTheWire(problemReply(sent)))).toThrow(
      expect.objectContaining({ code: 'rate_limited', detail: 'Slow down.', errors, retryAfterSeconds: 3 }),
    );
  });

  it('of a newer service with a code we do not know are internal', () => {
    const reply = { problem: { code: 'model_on_strike', detail: 'No.', errors: [], retryAfterSeconds: null } };
    expect(() => valueOfReply(reply)).toThrow(expect.objectContaining({ code: 'internal', detail: 'No.' }));
  });

  it('that are none are internal', () => {
    for (const reply of [null, {}, 'x', { problem: 'x' }, { ok: undefined }])
      expect(() => valueOfReply(reply)).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});
