import { describe, expect, it } from '@jest/globals';
import { checkCompleteness, checkDuration, checkShape } from './decode-verdict.js';
import type { Promised } from './decode-verdict.js';

const bounds = { maxDurationMs: 60_000, maxChannels: 32 };
const plain: Promised = { promisedMs: 1_000, toleranceMs: 0, isCompressed: false, isCut: false };
const code = (check: () => unknown): string => {
  try {
    return String(check());
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the verdict on a file', () => {
  it('bounds channels and sample rate, both ends included', () => {
    expect(code(() => checkShape({ sampleRateHz: 1_000, channels: 32 }, bounds))).toBe('undefined');
    expect(code(() => checkShape({ sampleRateHz: 768_000, channels: 1 }, bounds))).toBe('undefined');
    expect(code(() => checkShape({ sampleRateHz: 999, channels: 1 }, bounds))).toBe('bad_sample_rate');
    expect(code(() => checkShape({ sampleRateHz: NaN, channels: 1 }, bounds))).toBe('bad_sample_rate');
    expect(code(() => checkShape({ sampleRateHz: 768_001, channels: 1 }, bounds))).toBe('bad_sample_rate');
    expect(code(() => checkShape({ sampleRateHz: 16_000, channels: 33 }, bounds))).toBe('too_many_channels');
  });

  it('bounds the duration', () => {
    expect(code(() => checkDuration(60_000, bounds))).toBe('undefined');
    expect(code(() => checkDuration(60_000.1, bounds))).toBe('too_long');
  });

  it('keeps a file with 95 % left, with a warning, and no less', () => {
    expect(code(() => checkCompleteness(1_000, plain))).toBe('false');
    expect(code(() => checkCompleteness(999.9, plain))).toBe('true');
    expect(code(() => checkCompleteness(950, plain))).toBe('true');
    expect(code(() => checkCompleteness(949, plain))).toBe('truncated');
  });

  it('grants codecs their ends, and nothing beyond', () => {
    const lossy = { ...plain, toleranceMs: 100, isCompressed: true };
    expect(code(() => checkCompleteness(900, lossy))).toBe('false');
    expect(code(() => checkCompleteness(899, lossy))).toBe('truncated');
    expect(code(() => checkCompleteness(1_050, lossy))).toBe('false');
  });

  it('tells nothing there from nothing decodable from nothing left', () => {
    expect(code(() => checkCompleteness(0, { ...plain, promisedMs: 0 }))).toBe('empty');
    expect(code(() => checkCompleteness(0, { ...plain, promisedMs: null }))).toBe('empty');
    expect(code(() => checkCompleteness(0, { ...plain, promisedMs: null, isCompressed: true }))).toBe('undecodable');
    expect(code(() => checkCompleteness(0, { ...plain, isCompressed: true }))).toBe('undecodable');
    expect(code(() => checkCompleteness(0, { ...plain, promisedMs: null, isCompressed: true, isCut: true }))).toBe('truncated');
    expect(code(() => checkCompleteness(0, plain))).toBe('truncated');
  });

  it('warns of a stream without its end', () => {
    expect(code(() => checkCompleteness(500, { ...plain, promisedMs: null, isCut: true }))).toBe('true');
  });
});
