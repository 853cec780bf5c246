import { DecodeRejection } from '../decode-verdict.js';
import { ByteView } from '../byte-view.js';
import type { FileBytes } from '../file-bytes.js';
import { bytesPerSample, integerCoding } from '../pcm-layout.js';
import type { PcmLayout, SampleCoding } from '../pcm-layout.js';

/** Sizes that streaming writers (ffmpeg, SoX, arecord) put where the length is not known yet. */
const unknownSizes = new Set([0xffff_ffff, 0x7fff_f000, 0x7fff_ffff, 0x8000_0000]);
const maxChunks = 1_000;
const maxFormatBytes = 4_096;

/**
 * Reads the headers of a RIFF, RF64 or BW64 WAVE file (Microsoft RIFF 1.0, WAVE_FORMAT_EXTENSIBLE, EBU Tech 3306).
 * @throws DecodeRejection when they are damaged, cut off, or name a codec other than PCM, float, A-law or mu-law
 */
export async function readWavLayout(file: FileBytes): Promise<PcmLayout> {
  let format: WavFormat | undefined;
  let longDataBytes: number | undefined;
  const riffBytes = new ByteView(await file.read(4, 4)).u32(0, true);
  for (let at = 12, chunks = 0; at + 8 <= file.sizeBytes; chunks++) {
    if (chunks === maxChunks) throw new DecodeRejection('limits_exceeded', `The file has more than ${maxChunks} chunks.`);
    const header = new ByteView(await file.read(at, 8));
    const [id, sizeBytes] = [header.text(0, 4), header.u32(4, true)];
    const body = async () => new ByteView(await file.read(at + 8, Math.min(sizeBytes, maxFormatBytes)));
    if (id === 'ds64') longDataBytes = (await body()).u64(8, true);
    if (id === 'fmt ') format = readFormat(await body());
    if (id === 'data')
      return layoutOf(format, at + 8, dataSize({ sizeBytes, longDataBytes, riffBytes, leftBytes: file.sizeBytes - at - 8 }));
    at += 8 + sizeBytes + (sizeBytes % 2);
  }
  throw new DecodeRejection('truncated', 'The file ends before its samples begin.');
}

interface WavFormat {
  readonly coding: SampleCoding;
  readonly channels: number;
  readonly sampleRateHz: number;
}

function readFormat(body: ByteView): WavFormat {
  if (body.length < 16) throw new DecodeRejection('truncated', 'The file ends within its header.');
  const tag = body.u16(0, true);
  const code = tag === 0xfffe && body.length >= 26 ? body.u16(24, true) : tag;
  const channels = body.u16(2, true);
  const bits = body.u16(14, true);
  const frameBytes = body.u16(12, true);
  if (channels === 0) throw new DecodeRejection('no_audio', 'The file has no audio channel.');
  // Samples of odd widths (12, 20 bits) fill whole bytes, left-aligned: the frame size tells how many.
  const sampleBytes = frameBytes > 0 && frameBytes % channels === 0 ? frameBytes / channels : Math.ceil(bits / 8);
  return { coding: codingOf(code, sampleBytes), channels, sampleRateHz: body.u32(4, true) };
}

function codingOf(code: number, sampleBytes: number): SampleCoding {
  if (code === 1 && sampleBytes === 1) return 'u8';
  const coding = code === 1 ? integerCoding(sampleBytes) : code === 3 ? floatCoding(sampleBytes) : lawCoding(code);
  if (coding) return coding;
  throw new DecodeRejection('undecodable', `WAV with codec ${code} and ${8 * sampleBytes} bits per sample is not supported.`);
}

function floatCoding(sampleBytes: number): SampleCoding | null {
  return sampleBytes === 4 ? 'f32' : sampleBytes === 8 ? 'f64' : null;
}

function lawCoding(code: number): SampleCoding | null {
  return code === 6 ? 'alaw' : code === 7 ? 'ulaw' : null;
}

interface DataSizes {
  readonly sizeBytes: number;
  readonly longDataBytes: number | undefined;
  readonly riffBytes: number;
  readonly leftBytes: number;
}

/** The promised size of the samples; null when the writer did not know it (some leave both sizes at 0). */
function dataSize({ sizeBytes, longDataBytes, riffBytes, leftBytes }: DataSizes): number | null {
  if (sizeBytes === 0xffff_ffff && longDataBytes !== undefined) return longDataBytes;
  if (sizeBytes === 0 && riffBytes === 0) return null;
  return unknownSizes.has(sizeBytes) && leftBytes < sizeBytes ? null : sizeBytes;
}

function layoutOf(format: WavFormat | undefined, dataAt: number, dataBytes: number | null): PcmLayout {
  if (!format) throw new DecodeRejection('undecodable', 'The samples come before the format that explains them.');
  const frameBytes = bytesPerSample[format.coding] * format.channels;
  return {
    ...format,
    littleEndian: true,
    dataAt,
    promisedFrames: dataBytes === null ? null : Math.floor(dataBytes / frameBytes),
  };
}
