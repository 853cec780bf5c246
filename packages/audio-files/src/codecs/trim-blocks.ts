import type { PcmBlock } from '../audio-source.js';

/** The part of the blocks from `fromMs` on, at most `lengthMs` of it. */
export async function* trimBlocks(
  blocks: AsyncIterable<PcmBlock>,
  { fromMs, lengthMs }: { readonly fromMs: number; readonly lengthMs: number },
): AsyncGenerator<PcmBlock> {
  let at = 0;
  for await (const { channels, sampleRateHz } of blocks) {
    const length = channels[0]?.length ?? 0;
    const first = Math.round((fromMs * sampleRateHz) / 1000);
    const from = Math.max(0, first - at);
    const to = Math.min(length, first + Math.round((lengthMs * sampleRateHz) / 1000) - at);
    at += length;
    if (from === 0 && to === length) yield { channels, sampleRateHz };
    else if (from < to) yield { channels: channels.map((channel) => channel.subarray(from, to)), sampleRateHz };
  }
}
