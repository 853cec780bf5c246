/** How one sample is written. */
export type SampleCoding = 'u8' | 's8' | 's16' | 's24' | 's32' | 'f32' | 'f64' | 'alaw' | 'ulaw';

/** Where the plain samples of a file lie and how they are written. */
export interface PcmLayout {
  readonly coding: SampleCoding;
  readonly littleEndian: boolean;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly dataAt: number;
  /** The promised number of frames; null when it was not known as the header was written. */
  readonly promisedFrames: number | null;
}

export const bytesPerSample: Readonly<Record<SampleCoding, number>> = {
  u8: 1,
  s8: 1,
  s16: 2,
  s24: 3,
  s32: 4,
  f32: 4,
  f64: 8,
  alaw: 1,
  ulaw: 1,
};

/** The integer coding that fills so many bytes; null when none does. */
export function integerCoding(bytes: number): SampleCoding | null {
  return (['s8', 's16', 's24', 's32'] as const)[bytes - 1] ?? null;
}

type Read = (view: DataView, at: number) => number;

/** Interleaved frames [bytes] to planar floats [channels][frames]; a cut last frame is ignored. */
export function deinterleave(bytes: Uint8Array, { coding, littleEndian, channels }: PcmLayout): Float32Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sampleBytes = bytesPerSample[coding];
  const frameBytes = sampleBytes * channels;
  const frames = Math.floor(bytes.length / frameBytes);
  const read = readers(littleEndian)[coding];
  return Array.from({ length: channels }, (_, channel) => {
    const out = new Float32Array(frames);
    for (let i = 0, at = channel * sampleBytes; i < frames; i++, at += frameBytes) out[i] = read(view, at);
    return out;
  });
}

function readers(le: boolean): Record<SampleCoding, Read> {
  return le ? littleEndianReaders : bigEndianReaders;
}

function makeReaders(le: boolean): Record<SampleCoding, Read> {
  return {
    u8: (view, at) => (view.getUint8(at) - 128) / 128,
    s8: (view, at) => view.getInt8(at) / 128,
    s16: (view, at) => view.getInt16(at, le) / 32_768,
    s24: le
      ? (view, at) => (view.getInt8(at + 2) * 65_536 + view.getUint16(at, true)) / 8_388_608
      : (view, at) => (view.getInt16(at, false) * 256 + view.getUint8(at + 2)) / 8_388_608,
    s32: (view, at) => view.getInt32(at, le) / 2_147_483_648,
    f32: (view, at) => view.getFloat32(at, le),
    f64: (view, at) => view.getFloat64(at, le),
    alaw: (view, at) => alaw[view.getUint8(at)] as number,
    ulaw: (view, at) => ulaw[view.getUint8(at)] as number,
  };
}

const littleEndianReaders = makeReaders(true);
const bigEndianReaders = makeReaders(false);

/** ITU-T G.711, full scale 1. */
const ulaw = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 255;
  const magnitude = ((((bits & 15) << 3) + 132) << ((bits & 112) >> 4)) - 132;
  return (bits & 128 ? -magnitude : magnitude) / 32_768;
});
const alaw = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const segment = (bits & 112) >> 4;
  const step = ((bits & 15) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 256) << (segment - 1);
  return (bits & 128 ? magnitude : -magnitude) / 32_768;
});
