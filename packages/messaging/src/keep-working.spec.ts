import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { keepWorking } from './keep-working.js';

describe('keepWorking', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('extends every third of the ack wait until told to stop', () => {
    const working = jest.fn();
    const stop = keepWorking({ working }, 30_000);
    jest.advanceTimersByTime(30_000);
    expect(working).toHaveBeenCalledTimes(3);
    stop();
    jest.advanceTimersByTime(30_000);
    expect(working).toHaveBeenCalledTimes(3);
  });

  it('gives up quietly when the connection is closed', () => {
    const working = jest.fn(() => {
      throw new Error('closed connection');
    });
    keepWorking({ working }, 30_000);
    expect(() => jest.advanceTimersByTime(60_000)).not.toThrow();
    expect(working).toHaveBeenCalledTimes(1);
  });
});
