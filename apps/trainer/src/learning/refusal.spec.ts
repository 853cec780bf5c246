import { describe, expect, it } from '@jest/globals';
import { WavFormatError } from '@earmark/audio';
import { EngineUnavailableError } from '@earmark/learning';
import { refusalOf } from './refusal.js';

describe('an error of the learning process', () => {
  it('is told to the client where the same would happen again', () => {
    expect(refusalOf(new EngineUnavailableError('device tfjs-gpu is unavailable: no library'))).toEqual({
      ...{ kind: 'refused', code: 'device_unavailable' },
      detail: 'Device tfjs-gpu is unavailable: no library.',
    });
    expect(refusalOf(new WavFormatError('the audio is cut off'))?.code).toBe('audio_not_ready');
    expect(refusalOf(new Error('training diverged: lower the learning rate'))?.code).toBe('training_failed');
  });

  it('that may pass ends the process instead', () => {
    for (const error of [new RangeError('Array buffer allocation failed'), new Error('ENOSPC'), 'text'])
      expect(refusalOf(error)).toBeNull();
  });
});
