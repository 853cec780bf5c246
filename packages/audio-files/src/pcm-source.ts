import type { AudioSource } from './audio-source.js';
import type { FileBytes } from './file-bytes.js';
import { bytesPerSample, deinterleave } from './pcm-layout.js';
import type { PcmLayout } from './pcm-layout.js';

/** About 64 KiB a block: large enough to be fast, small enough to live in the processor's cache. */
const blockBytes = 65_536;

/** Plain samples need no codec: read, unfold, done. Every promised sample counts. */
export function pcmSource(file: FileBytes, container: 'wav' | 'aiff', layout: PcmLayout): AudioSource {
  const { channels, sampleRateHz, promisedFrames, coding, littleEndian, dataAt } = layout;
  const frameBytes = bytesPerSample[coding] * channels;
  const pieceBytes = Math.max(1, Math.floor(blockBytes / frameBytes)) * frameBytes;
  const end = promisedFrames === null ? file.sizeBytes : dataAt + promisedFrames * frameBytes;
  const order = bytesPerSample[coding] === 1 ? '' : littleEndian ? 'le' : 'be';
  return {
    container,
    codec: `pcm_${coding}${order}`,
    sampleRateHz,
    channels,
    promisedMs: promisedFrames === null ? null : (1000 * promisedFrames) / sampleRateHz,
    isCompressed: false,
    toleranceMs: 0,
    isCut: false,
    blocks: async function* () {
      for await (const piece of file.stream(dataAt, end, pieceBytes))
        yield { channels: deinterleave(piece, layout), sampleRateHz };
    },
  };
}
