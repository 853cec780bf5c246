import type { PcmBlock } from '../audio-source.js';
import type { FileBytes } from '../file-bytes.js';
import { CodecModule, type CompressedContainer } from './codec-module.js';
import { OpusPackets } from './opus-packets.js';

/**
 * Decodes the audio of a compressed file from `at` on, block by block.
 * @throws DecodeRejection
 */
export async function* compressedBlocks(file: FileBytes, container: CompressedContainer, at: number): AsyncGenerator<PcmBlock> {
  const module = await CodecModule.open(file, container, at);
  if (module.handsOutPackets) yield* opusBlocks(module);
  else for (const step of module.steps()) if (step.kind === 'block') yield step;
}

async function* opusBlocks(module: CodecModule): AsyncGenerator<PcmBlock> {
  const opus = await OpusPackets.open(module.setup);
  try {
    for (const step of module.steps()) {
      const channels = step.kind === 'packet' ? opus.decode(step.bytes) : [];
      if ((channels[0]?.length ?? 0) > 0) yield { channels, sampleRateHz: 48_000 };
    }
  } finally {
    opus.free();
  }
}
