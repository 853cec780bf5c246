import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('returns the first value that is neither false nor thrown', async () => {
    let tries = 0;
    const value = await eventually(() => {
      tries += 1;
      if (tries === 1) throw new Error('too early');
      return tries >= 3 && tries;
    });
    expect(value).toBe(3);
  });

  it('says why the last try failed', async () => {
    const never = eventually(
      () => {
        throw new Error('still pending');
      },
      { timeoutMs: 30, everyMs: 5 },
    );
    await expect(never).rejects.toThrow(/Not within 30 ms: Error: still pending/);
  });

  it('accepts undefined, zero and empty values', async () => {
    expect(await eventually(() => undefined)).toBeUndefined();
    expect(await eventually(() => 0)).toBe(0);
  });
});
