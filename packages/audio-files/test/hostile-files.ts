/** Options of a hand-made WAV file; every number goes into the header as it is, true or not. */
export interface WavRecipe {
  readonly channels?: number;
  readonly sampleRateHz?: number;
  readonly bitsPerSample?: number;
  readonly formatTag?: number;
  readonly declaredDataBytes?: number;
  readonly data?: Uint8Array;
}

/** A WAV file that says what it is told to say. */
export function wavFile(recipe: WavRecipe): Uint8Array {
  const { channels = 1, sampleRateHz = 16_000, bitsPerSample = 16, formatTag = 1, data = new Uint8Array(0) } = recipe;
  const header = Buffer.alloc(44);
  const declared = recipe.declaredDataBytes ?? data.length;
  header.write('RIFF', 0);
  header.writeUInt32LE(Math.min(0xffff_ffff, declared + 36), 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(formatTag, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(
    (sampleRateHz * channels * bitsPerSample) / 8 > 0xffff_ffff ? 0 : (sampleRateHz * channels * bitsPerSample) / 8,
    28,
  );
  header.writeUInt16LE(Math.min(0xffff, (channels * bitsPerSample) / 8), 32);
  header.writeUInt16LE(bitsPerSample, 34);
  header.write('data', 36);
  header.writeUInt32LE(declared, 40);
  return Buffer.concat([header, data]);
}

/** 16-bit samples of a quiet tone. */
export function tone16(samples: number): Uint8Array {
  return new Uint8Array(Int16Array.from({ length: samples }, (_, i) => Math.round(8_000 * Math.sin(i / 5))).buffer);
}

export function floatBytes(samples: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(samples).buffer);
}

/** A repeatable run of bytes without meaning (a linear congruential generator, Numerical Recipes' constants). */
export function noiseBytes(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

/** A copy with `count` bytes overwritten at repeatable places from `from` on. */
export function damaged(
  bytes: Uint8Array,
  { count, from = 0, seed = 1 }: { count: number; from?: number; seed?: number },
): Uint8Array {
  const out = bytes.slice();
  const places = noiseBytes(4 * count, seed);
  const values = noiseBytes(count, seed + 1);
  for (let i = 0; i < count; i++) {
    const place = Buffer.from(places.buffer).readUInt32LE(4 * i) % Math.max(1, out.length - from);
    out[from + place] = values[i] as number;
  }
  return out;
}

const silentFrameSamples = 4_608;

/**
 * FLAC of digital silence, 44.1 kHz stereo 16 bits: constant subframes only, 17 bytes per 4,608 samples (RFC 9639 §9).
 * @param options `declareLength` false leaves the total in STREAMINFO at 0, "unknown"
 */
export function silentFlac(seconds: number, { declareLength }: { readonly declareLength: boolean }): Uint8Array {
  const frames = Math.ceil((44_100 * seconds) / silentFrameSamples);
  const out = Buffer.alloc(42 + 20 * frames);
  out.write('fLaC', 0);
  out.writeUInt32BE(0x8000_0022, 4);
  out.writeUInt16BE(silentFrameSamples, 8);
  out.writeUInt16BE(silentFrameSamples, 10);
  // 20 bits rate, 3 bits channels - 1, 5 bits bits per sample - 1, 36 bits total samples.
  const shape = (44_100n << 44n) | (1n << 41n) | (15n << 36n);
  out.writeBigUInt64BE(shape | BigInt(declareLength ? frames * silentFrameSamples : 0), 18);
  let at = 42;
  for (let frame = 0; frame < frames; frame++) at = writeSilentFrame(out, at, frame);
  return out.subarray(0, at);
}

function writeSilentFrame(out: Buffer, start: number, frame: number): number {
  // Sync code, fixed block size; 4,608 samples at 44.1 kHz; left/right at 16 bits.
  out.writeUInt32BE(0xfff8_5918, start);
  let at = writeCodedNumber(out, start + 4, frame);
  out[at] = crc8(out, start, at);
  at += 1;
  for (let channel = 0; channel < 2; channel++, at += 3) out.fill(0, at, at + 3);
  out.writeUInt16BE(crc16(out, start, at), at);
  return at + 2;
}

/** The frame number in the manner of UTF-8. */
function writeCodedNumber(out: Buffer, at: number, value: number): number {
  if (value < 0x80) return out.writeUInt8(value, at);
  const continuation = value < 0x800 ? 1 : value < 0x10000 ? 2 : 3;
  const prefix = [0, 0xc0, 0xe0, 0xf0][continuation] as number;
  let next = out.writeUInt8(prefix | (value >> (6 * continuation)), at);
  for (let i = continuation - 1; i >= 0; i--) next = out.writeUInt8(0x80 | ((value >> (6 * i)) & 63), next);
  return next;
}

function crc8(bytes: Buffer, from: number, to: number): number {
  let crc = 0;
  for (let at = from; at < to; at++) {
    crc ^= bytes[at] as number;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
  }
  return crc;
}

function crc16(bytes: Buffer, from: number, to: number): number {
  let crc = 0;
  for (let at = from; at < to; at++) {
    crc ^= (bytes[at] as number) << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x8005) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

/** An MP4 box around bodies. */
export function box(type: string, ...bodies: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(bodies);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + body.length, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
}

/** An EBML element with a size of eight bytes (RFC 8794 §4.4). */
function element(id: string, ...bodies: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(bodies);
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(body.length) | (1n << 56n));
  return Buffer.concat([Buffer.from(id, 'hex'), size, body]);
}

/** A WebM file of one audio track whose codec id has so many letters. */
export function webmWithCodecId(letters: number): Uint8Array {
  const track = [element('83', Buffer.of(2)), element('86', Buffer.alloc(letters, 'A')), element('e1')];
  const segment = element('18538067', element('1654ae6b', element('ae', ...track)));
  return Buffer.concat([element('1a45dfa3', element('4282', Buffer.from('webm'))), segment]);
}
