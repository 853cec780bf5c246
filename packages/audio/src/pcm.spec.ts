import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { float32ToPcm16, pcm16ToFloat32 } from './pcm.js';

describe('PCM16', () => {
  it('survives the way to floats and back without a change', () => {
    fc.assert(
      fc.property(fc.int16Array(), (samples) => {
        const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
        expect(Buffer.from(float32ToPcm16(pcm16ToFloat32(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('clips to full scale and takes NaN for silence', () => {
    const bytes = float32ToPcm16(Float32Array.of(4, 1, 0.5, 0, Number.NaN, -0.5, -1, -4, Infinity));
    expect([...new Int16Array(bytes.buffer)]).toEqual([32_767, 32_767, 16_384, 0, 0, -16_384, -32_768, -32_768, 32_767]);
  });

  it('reads from any byte offset and ignores half a sample', () => {
    const bytes = Uint8Array.of(9, 0x00, 0x40, 0x00, 0xc0, 7).subarray(1);
    expect([...pcm16ToFloat32(bytes)]).toEqual([0.5, -0.5]);
  });
});
