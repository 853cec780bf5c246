import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WavFormatError, parseWavHeader, wavHeaderSizeBytes, writeWavHeader } from './wav.js';

const canonical = { sampleRateHz: 16_000, channels: 1, bitsPerSample: 16, dataBytes: 4 };

function withChunk(header: Uint8Array, id: string, size: number): Uint8Array {
  const chunk = new Uint8Array(8 + size + (size % 2));
  chunk.set(Buffer.from(id));
  new DataView(chunk.buffer).setUint32(4, size, true);
  return Buffer.concat([header.subarray(0, 12), chunk, header.subarray(12)]);
}

describe('WAV headers', () => {
  it('are byte for byte what the Python wave module writes for 16 kHz mono PCM16', () => {
    // Python 3.11, wave module: setparams((1, 2, 16000, 2, 'NONE', '')), two frames.
    const golden = '524946462800000057415645666d74201000000001000100803e0000007d0000020010006461746104000000';
    expect(Buffer.from(writeWavHeader(canonical)).toString('hex')).toBe(golden);
  });

  it('come back as they were written, behind any extra chunks', () => {
    const anyHeader = fc.record({
      sampleRateHz: fc.integer({ min: 1, max: 768_000 }),
      channels: fc.integer({ min: 1, max: 64 }),
      bitsPerSample: fc.constantFrom(8, 16, 24, 32),
      dataBytes: fc.integer({ min: 0, max: 0xffff_0000 }),
    });
    fc.assert(
      fc.property(anyHeader, fc.integer({ min: 0, max: 99 }), (header, extra) => {
        const bytes = withChunk(writeWavHeader(header), 'LIST', extra);
        expect(parseWavHeader(bytes)).toEqual({ ...header, dataOffset: wavHeaderSizeBytes + 8 + extra + (extra % 2) });
      }),
    );
  });

  it('say "until the end" when the length is not known yet', () => {
    const { dataBytes: _, ...open } = canonical;
    expect(parseWavHeader(writeWavHeader(open)).dataBytes).toBeUndefined();
  });

  it('read WAVE_FORMAT_EXTENSIBLE that holds PCM', () => {
    const header = writeWavHeader(canonical);
    const bytes = Buffer.concat([header.subarray(0, 36), new Uint8Array(24), header.subarray(36)]);
    bytes.writeUInt32LE(40, 16);
    bytes.writeUInt16LE(0xfffe, 20);
    bytes.writeUInt16LE(1, 44);
    expect(parseWavHeader(bytes)).toEqual({ ...canonical, dataOffset: 68 });
    bytes.writeUInt16LE(3, 44);
    expect(() => parseWavHeader(bytes)).toThrow('format 3 is not PCM');
  });

  it('never fail in any other way than WavFormatError', () => {
    const header = writeWavHeader(canonical);
    const broken = fc.tuple(fc.nat(43), fc.nat(255), fc.nat(48)).map(([at, value, length]) => {
      const bytes = Uint8Array.from(header);
      bytes[at] = value;
      return bytes.subarray(0, length);
    });
    fc.assert(
      fc.property(broken, (bytes) => {
        try {
          parseWavHeader(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(WavFormatError);
        }
      }),
    );
  });

  it.each([
    ['no WAV', Buffer.from('ID3 something else entirely')],
    ['cut off', writeWavHeader(canonical).subarray(0, 30)],
    ['empty', new Uint8Array(0)],
  ])('are refused when %s', (_, bytes) => expect(() => parseWavHeader(bytes)).toThrow(WavFormatError));

  it('refuse data that RIFF cannot count', () => {
    expect(() => writeWavHeader({ ...canonical, dataBytes: 0xffff_fff0 })).toThrow(RangeError);
  });
});
