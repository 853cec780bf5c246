import { DecodeRejection } from '../decode-verdict.js';
import { ByteView } from '../byte-view.js';
import type { FileBytes } from '../file-bytes.js';
import { integerCoding } from '../pcm-layout.js';
import type { PcmLayout, SampleCoding } from '../pcm-layout.js';

const maxChunks = 1_000;

type Common = Omit<PcmLayout, 'dataAt'>;

/**
 * Reads the headers of an AIFF or uncompressed AIFF-C file (Apple, Audio Interchange File Format 1.3).
 * @throws DecodeRejection when they are damaged, cut off, or name another codec
 */
export async function readAiffLayout(file: FileBytes): Promise<PcmLayout> {
  let common: Common | undefined;
  let dataAt: number | undefined;
  for (let at = 12, chunks = 0; at + 8 <= file.sizeBytes && chunks < maxChunks; chunks++) {
    const header = new ByteView(await file.read(at, 24));
    const [id, sizeBytes] = [header.text(0, 4), header.u32(4)];
    if (id === 'COMM') common = readCommon(new ByteView(await file.read(at + 8, Math.min(sizeBytes, 64))));
    if (id === 'SSND') dataAt = at + 16 + header.u32(8);
    if (common && dataAt !== undefined) return { ...common, dataAt };
    at += 8 + sizeBytes + (sizeBytes % 2);
  }
  throw new DecodeRejection('truncated', 'The file ends before its samples begin.');
}

function readCommon(body: ByteView): Common {
  const channels = body.u16(0);
  const bits = body.u16(6);
  if (channels === 0) throw new DecodeRejection('no_audio', 'The file has no audio channel.');
  const type = body.length >= 22 ? body.text(18, 4) : 'NONE';
  const coding = codingOf(type, Math.ceil(bits / 8));
  if (!coding)
    throw new DecodeRejection('undecodable', `AIFF with codec ${type.trim()} and ${bits} bits per sample is not supported.`);
  const sampleRateHz = Math.round(extendedFloat(body, 8));
  return { coding, channels, sampleRateHz, littleEndian: type === 'sowt', promisedFrames: body.u32(2) };
}

function codingOf(type: string, sampleBytes: number): SampleCoding | null {
  switch (type.toLowerCase()) {
    case 'none':
    case 'twos':
    case 'sowt':
      return integerCoding(sampleBytes);
    case 'raw ':
      return 'u8';
    case 'fl32':
      return 'f32';
    case 'fl64':
      return 'f64';
    case 'alaw':
    case 'ulaw':
      return type.toLowerCase() as SampleCoding;
    default:
      return null;
  }
}

/** IEEE 754 extended precision, 80 bits; a sample rate is never negative. */
function extendedFloat(view: ByteView, at: number): number {
  const exponent = (view.u16(at) & 0x7fff) - 16_383 - 63;
  return (view.u32(at + 2) * 2 ** 32 + view.u32(at + 6)) * 2 ** exponent;
}
