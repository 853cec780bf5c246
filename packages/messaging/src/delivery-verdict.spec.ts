import { describe, expect, it } from '@jest/globals';
import { Problem } from '@earmark/contracts';
import { done, later, skipped } from '@earmark/service-kit';
import { verdictOfError, verdictOfOutcome } from './delivery-verdict.js';

const TABLE = [1_000, 15_000] as const;

describe('the verdict on an outcome', () => {
  it('acknowledges what is done or needless and postpones what is not due', () => {
    expect(verdictOfOutcome(done())).toEqual({ kind: 'ack' });
    expect(verdictOfOutcome(skipped('It was cancelled.'))).toEqual({ kind: 'ack' });
    expect(verdictOfOutcome(later(2_500))).toEqual({ kind: 'nak', delayMs: 2_500 });
    expect(verdictOfOutcome(later(-1))).toEqual({ kind: 'nak', delayMs: 0 });
  });
});

describe('the verdict on an error', () => {
  const outage = new Problem('service_unavailable', 'Nobody is there.');

  it('walks the table and ends in death', () => {
    expect([1, 2, 3].map((attempt) => verdictOfError(outage, attempt, TABLE))).toEqual([
      { kind: 'nak', delayMs: 1_000 },
      { kind: 'nak', delayMs: 15_000 },
      { kind: 'dead', reason: 'service_unavailable', detail: 'Nobody is there.' },
    ]);
  });

  it('waits as long as the problem asks', () => {
    const slow = new Problem('rate_limited', 'Slow down.', { retryAfterSeconds: 7 });
    expect(verdictOfError(slow, 1, TABLE)).toEqual({ kind: 'nak', delayMs: 7_000 });
    expect(verdictOfError(slow, 2, TABLE)).toEqual({ kind: 'nak', delayMs: 15_000 });
  });

  it('is death at once when trying again cannot help', () => {
    const verdict = verdictOfError(new Problem('decode_failed', 'A picture.'), 1, TABLE);
    expect(verdict).toEqual({ kind: 'dead', reason: 'decode_failed', detail: 'A picture.' });
  });

  it('gives bugs the same chances as outages', () => {
    expect(verdictOfError(new TypeError('x is undefined'), 1, TABLE)).toEqual({ kind: 'nak', delayMs: 1_000 });
    expect(verdictOfError('a string', 3, TABLE)).toEqual({ kind: 'dead', reason: 'bug', detail: 'a string' });
  });

  it('never kills a message whose lease went to another worker', () => {
    expect(verdictOfError(new Problem('lease_lost', 'Taken.'), 9, TABLE)).toEqual({ kind: 'nak', delayMs: 15_000 });
  });
});
