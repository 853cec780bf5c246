import { DecodeRejection } from '../decode-verdict.js';
import { ByteView } from '../byte-view.js';
import type { FileBytes } from '../file-bytes.js';
import type { StreamFacts } from './stream-facts.js';

/** Facts of the native FLAC stream at `at` (RFC 9639 §8.2: STREAMINFO comes first). */
export async function readFlacFacts(file: FileBytes, at: number): Promise<StreamFacts> {
  const head = new ByteView(await file.read(at + 4, 38));
  if (head.length < 38) throw new DecodeRejection('truncated', 'The file ends before its samples begin.');
  if ((head.u8(0) & 127) !== 0)
    throw new DecodeRejection('undecodable', 'The FLAC stream does not begin with its STREAMINFO block.');
  return streamInfoFacts(head.slice(4, 38));
}

/** Facts of a 34-byte STREAMINFO block. */
export function streamInfoFacts(info: ByteView): StreamFacts {
  const sampleRateHz = (info.u16(10) << 4) | (info.u8(12) >> 4);
  const totalSamples = (info.u8(13) & 15) * 2 ** 32 + info.u32(14);
  return {
    codec: 'flac',
    sampleRateHz,
    channels: 1 + ((info.u8(12) >> 1) & 7),
    promisedMs: totalSamples === 0 ? null : (1000 * totalSamples) / sampleRateHz,
    isCut: false,
  };
}
