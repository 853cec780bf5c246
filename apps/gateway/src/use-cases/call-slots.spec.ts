import { describe, expect, it } from '@jest/globals';
import { CallSlots } from './call-slots.js';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('call slots', () => {
  it('let as many calls of a holder in as the limit says; the rest wait in order', async () => {
    const slots = new CallSlots({ active: 2, waiting: 10 });
    const entered: number[] = [];
    const leaves: (() => void)[] = [];
    for (let call = 0; call < 5; call += 1)
      void slots.enter('a').then((leave) => {
        entered.push(call);
        if (leave !== null) leaves.push(leave);
      });
    await settled();
    expect(entered).toEqual([0, 1]);
    leaves[0]?.();
    leaves[0]?.();
    await settled();
    expect(entered).toEqual([0, 1, 2]);
    leaves[1]?.();
    leaves[2]?.();
    await settled();
    expect(entered).toEqual([0, 1, 2, 3, 4]);
  });

  it('turn a call away when the line is full, and another holder never waits for it', async () => {
    const slots = new CallSlots({ active: 1, waiting: 1 });
    const first = await slots.enter('a');
    const second = slots.enter('a');
    expect(slots.isFull('a')).toBe(true);
    expect(await slots.enter('a')).toBeNull();
    expect(await slots.enter('b')).not.toBeNull();
    first?.();
    (await second)?.();
    expect(slots.isFull('a')).toBe(false);
    expect(await slots.enter('a')).not.toBeNull();
  });
});
