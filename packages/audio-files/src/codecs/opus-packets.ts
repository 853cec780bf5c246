import { OpusDecoder } from 'opus-decoder';
import { DecodeRejection } from '../decode-verdict.js';
import { ByteView } from '../byte-view.js';

/** What an OpusHead says (RFC 7845 §5.1). */
interface OpusHead {
  readonly channels: number;
  /** Samples at 48 kHz before the audio begins. */
  readonly preSkip: number;
  readonly streamCount: number;
  readonly coupledStreamCount: number;
  readonly channelMappingTable: number[];
}

const headBytes = 19;
const maxChannels = 255;

/** Reads an OpusHead; in MP4 (version 0) its numbers are big-endian. */
export function readOpusHead(setup: Uint8Array): OpusHead {
  const head = new ByteView(setup);
  const channels = head.u8(9);
  const preSkip = head.u16(10, head.u8(8) !== 0);
  if (channels === 0) throw new DecodeRejection('no_audio', 'The file has no audio channel.');
  if (head.u8(18) === 0) {
    const coupledStreamCount = channels === 2 ? 1 : 0;
    return { channels, preSkip, streamCount: 1, coupledStreamCount, channelMappingTable: channels === 2 ? [0, 1] : [0] };
  }
  const [streamCount, coupledStreamCount] = [head.u8(headBytes), head.u8(headBytes + 1)];
  const channelMappingTable = Array.from({ length: channels }, (_, i) => head.u8(headBytes + 2 + i));
  checkStreams(streamCount, coupledStreamCount, channelMappingTable);
  return { channels, preSkip, streamCount, coupledStreamCount, channelMappingTable };
}

/** libopus must not be asked for streams that cannot be. */
function checkStreams(streams: number, coupled: number, mapping: readonly number[]): void {
  const isSound = streams > 0 && coupled <= streams && streams + coupled <= maxChannels;
  if (isSound && mapping.every((stream) => stream === maxChannels || stream < streams + coupled)) return;
  throw new DecodeRejection('undecodable', 'The Opus header is damaged.');
}

/** Decodes Opus packets one by one at 48 kHz, without the samples before the audio begins. */
export class OpusPackets {
  readonly #decoder: OpusDecoder;
  #toSkip: number;

  private constructor(decoder: OpusDecoder, toSkip: number) {
    this.#decoder = decoder;
    this.#toSkip = toSkip;
  }

  static async open(setup: Uint8Array): Promise<OpusPackets> {
    const { preSkip, ...shape } = readOpusHead(setup);
    const decoder = new OpusDecoder({ ...shape, preSkip: 0 });
    await decoder.ready;
    return new OpusPackets(decoder, preSkip);
  }

  /** Samples [channels][n]; a damaged packet gives none. */
  decode(packet: Uint8Array): Float32Array[] {
    const { channelData } = this.#decoder.decodeFrame(packet);
    const skipped = Math.min(this.#toSkip, channelData[0]?.length ?? 0);
    this.#toSkip -= skipped;
    return channelData.map((channel) => channel.subarray(skipped));
  }

  free(): void {
    this.#decoder.free();
  }
}
