import { mixPlanarToMono } from '@earmark/audio';
import {
  checkCompleteness,
  checkDuration,
  checkShape,
  DecodeRejection,
  maxMagnitude,
  silentMagnitude,
} from './decode-verdict.js';
import type { AudioBounds, DecodeFacts, DecodeWarning } from './decode-verdict.js';
import type { AudioSource, PcmBlock } from './audio-source.js';
import { CanonicalWriter } from './canonical-writer.js';
import { FileBytes } from './file-bytes.js';
import { openSource } from './open-source.js';

/** One file to decode, and where its canonical form goes. */
export interface DecodeOrder {
  readonly sourcePath: string;
  readonly audioPath: string;
  readonly peaksPath: string;
  readonly bounds: AudioBounds;
}

/**
 * Decodes a file into the canonical audio file and its peaks, streaming: memory does not grow with the duration.
 * @param onAdvance a sign of life, given at least once per 10 s of audio
 * @throws DecodeRejection when the file cannot be used; anything else thrown is a fault of ours or the machine's
 */
export async function decodeFile(order: DecodeOrder, onAdvance: () => void = () => undefined): Promise<DecodeFacts> {
  const file = await FileBytes.open(order.sourcePath);
  try {
    const source = await openSource(file);
    checkShape(source, order.bounds);
    // A compressed file that announces too much need not be decoded to the limit; plain samples are counted.
    if (source.isCompressed) checkDuration(source.promisedMs ?? 0, order.bounds);
    return await decodeSource(source, order, onAdvance);
  } finally {
    await file.close();
  }
}

async function decodeSource(source: AudioSource, order: DecodeOrder, onAdvance: () => void): Promise<DecodeFacts> {
  const tally = new Tally(source, order.bounds);
  let writer: CanonicalWriter | undefined;
  try {
    let reportedAt = 0;
    for await (const block of source.blocks()) {
      tally.count(block);
      writer ??= await CanonicalWriter.create(order, tally.sampleRateHz);
      await writer.push(mixPlanarToMono(block.channels));
      if (tally.durationMs < reportedAt + 10_000) continue;
      reportedAt = tally.durationMs;
      onAdvance();
    }
    const isCut = checkCompleteness(tally.durationMs, source);
    const canonicalSampleCount = (await writer?.finish()) ?? 0;
    return factsOf({
      source,
      tally,
      canonicalSampleCount,
      warnings: warningsOf(tally, isCut),
    });
  } finally {
    await writer?.close();
  }
}

/** What has come out of the codec so far, checked block by block. */
class Tally {
  sampleRateHz = 0;
  channels = 0;
  sampleCount = 0;
  loudest = 0;

  constructor(
    private readonly source: AudioSource,
    private readonly bounds: AudioBounds,
  ) {}

  get durationMs(): number {
    return this.sampleCount === 0 ? 0 : (1000 * this.sampleCount) / this.sampleRateHz;
  }

  count({ channels, sampleRateHz }: PcmBlock): void {
    if (this.sampleCount === 0) {
      checkShape({ sampleRateHz, channels: channels.length }, this.bounds);
      this.sampleRateHz = sampleRateHz;
    }
    if (sampleRateHz !== this.sampleRateHz) {
      throw new DecodeRejection(
        'undecodable',
        `The sample rate changes from ${this.sampleRateHz} to ${sampleRateHz} Hz within the file.`,
      );
    }
    this.channels = Math.max(this.channels, channels.length);
    this.sampleCount += channels[0]?.length ?? 0;
    checkDuration(this.durationMs, this.bounds);
    this.measure(channels);
  }

  /** NaN is no magnitude at all, so every comparison is written such that it fails on the damaged side. */
  private measure(channels: readonly Float32Array[]): void {
    let loudest = this.loudest;
    for (const channel of channels) {
      for (let i = 0; i < channel.length; i++) {
        const magnitude = Math.abs(channel[i] as number);
        if (magnitude <= loudest) continue;
        if (!(magnitude <= maxMagnitude)) throw this.damage();
        loudest = magnitude;
      }
    }
    this.loudest = loudest;
  }

  private damage(): DecodeRejection {
    return new DecodeRejection(
      'undecodable',
      `The ${this.source.codec} stream is damaged: it decodes to values far beyond full scale.`,
    );
  }
}

function warningsOf(tally: Tally, isCut: boolean): DecodeWarning[] {
  const warnings: DecodeWarning[] = [];
  if (tally.loudest <= silentMagnitude) warnings.push('silent');
  if (isCut) warnings.push('truncated');
  return warnings;
}

function factsOf(found: {
  source: AudioSource;
  tally: Tally;
  canonicalSampleCount: number;
  warnings: DecodeWarning[];
}): DecodeFacts {
  const { source, tally } = found;
  return {
    container: source.container,
    codec: source.codec,
    sampleRateHz: tally.sampleRateHz,
    channels: source.channels > 0 ? source.channels : tally.channels,
    durationMs: tally.durationMs,
    sampleCount: tally.sampleCount,
    canonicalSampleCount: found.canonicalSampleCount,
    containerDurationMs: source.promisedMs,
    warnings: found.warnings,
  };
}
