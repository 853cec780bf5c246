import { FLACDecoder } from '@wasm-audio-decoders/flac';
import decode from 'audio-decode';
import { DecodeRejection } from '../domain/decode-verdict.js';
import type { PcmBlock } from './audio-source.js';
import type { FileBytes } from './file-bytes.js';

/** Names under which audio-decode knows its codecs. */
export type CodecFormat = 'mp3' | 'aac' | 'oga' | 'opus' | 'm4a' | 'webm';

/** Decodes a stream of encoded pieces with audio-decode, always in its streaming form: whole files cost it gigabytes. */
export async function* codecBlocks(format: CodecFormat, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<PcmBlock> {
  const decoder = await decode[format]();
  try {
    for await (const piece of pieces) yield* blockOf(await judged(() => decoder(piece)));
    yield* blockOf(await judged(() => decoder()));
  } finally {
    decoder.free();
  }
}

const smallestPieceBytes = 256;
const largestPieceBytes = 8_192;
/** A block of 8 MiB of floats. */
const targetBlockSamples = 2_097_152;

/**
 * Decodes FLAC, native or in Ogg, with libFLAC directly: audio-decode 3.12 loses frames at the end of a stream.
 *
 * Silence packs 65,535 samples into ten bytes, so the pieces shrink when much comes out of little.
 */
export async function* flacBlocks(file: FileBytes, from: number): AsyncGenerator<PcmBlock> {
  const decoder = new FLACDecoder();
  await decoder.ready;
  let pieceBytes = smallestPieceBytes;
  try {
    for await (const piece of file.stream(from, file.sizeBytes, () => pieceBytes)) {
      const block = await judged(() => decoder.decode(piece));
      pieceBytes = nextPieceBytes(piece.length, block.samplesDecoded * block.channelData.length);
      yield* blockOf(block);
    }
    yield* blockOf(await judged(() => decoder.flush()));
  } finally {
    decoder.free();
  }
}

/** Twice the last size, unless that makes a larger block than wanted; no more while only metadata went by. */
function nextPieceBytes(lastBytes: number, samplesOut: number): number {
  const fitting = Math.floor((targetBlockSamples * lastBytes) / Math.max(1, samplesOut));
  return samplesOut === 0 ? lastBytes : Math.max(smallestPieceBytes, Math.min(2 * lastBytes, fitting, largestPieceBytes));
}

interface CodecOutput {
  readonly channelData: Float32Array[];
  readonly sampleRate: number;
}

function* blockOf({ channelData, sampleRate }: CodecOutput): Generator<PcmBlock> {
  if ((channelData[0]?.length ?? 0) > 0) yield { channels: channelData, sampleRateHz: sampleRate };
}

/** What a codec throws is its verdict on the bytes; only want of memory is ours. */
async function judged<Output extends CodecOutput>(call: () => Promise<Output>): Promise<Output> {
  try {
    return await call();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (/out of memory|allocat/i.test(reason))
      throw new DecodeRejection('limits_exceeded', 'Decoding the file needs too much memory.');
    throw new DecodeRejection('undecodable', `The file could not be decoded: ${reason}`.slice(0, 300));
  }
}
