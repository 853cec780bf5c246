import type { Random } from '@earmark/audio';
import type { SoundEvent } from '@earmark/sound-events';
import { chunkCountOf } from '../autodiff/chunk-pool.js';
import type { TrainingBatch, TrainingDefinition } from '../engine.js';
import type { FeatureSpec } from '../features/feature-spec.js';
import { localContextFramesOf } from '../network/network-spec.js';
import { warp, drawChannel, type NoiseTexture } from './augmentation.js';
import type { Stretch } from './stretch.js';
import { labelChunks, labelFrames, type LabelGeometry } from './window-labels.js';

export interface SamplerOptions {
  readonly definition: TrainingDefinition;
  readonly featureSpec: FeatureSpec;
  readonly labels: LabelGeometry;
  /** Leave out for no augmentation. */
  readonly texture?: NoiseTexture;
}

/** Every second window is drawn around an event, of each type equally often; the others cover the audio evenly. */
const EVENT_SHARE = 0.5;

/** Share of the channels hidden from the heads. */
const DROPOUT = 0.2;

interface Place {
  readonly stretch: Stretch;
  readonly startFrame: number;
}

/** Draws training batches; the same random state gives the same batch. The batch's arrays are reused by the next call. */
export class BatchSampler {
  private readonly eventsByType: readonly (readonly { stretch: Stretch; event: SoundEvent }[])[];
  private readonly totalFrames: number;
  private readonly batch: TrainingBatch;

  constructor(
    private readonly stretches: readonly Stretch[],
    private readonly options: SamplerOptions,
  ) {
    this.totalFrames = stretches.reduce((sum, stretch) => sum + stretch.features.frameCount, 0);
    this.eventsByType = options.labels.artifactTypes
      .map((type) =>
        stretches.flatMap((stretch) =>
          stretch.events.filter((event) => event.artifactType === type).map((event) => ({ stretch, event })),
        ),
      )
      .filter((events) => events.length > 0);
    this.batch = emptyBatch(options.definition);
  }

  next(random: Random): TrainingBatch {
    const { batchSize } = this.options.definition;
    for (let row = 0; row < batchSize; row++) this.fillRow(row, this.drawPlace(random), random);
    return this.batch;
  }

  private drawPlace(random: Random): Place {
    if (this.eventsByType.length > 0 && random.chance(EVENT_SHARE)) return this.placeAroundEvent(random);
    let frame = random.int(0, this.totalFrames);
    for (const stretch of this.stretches) {
      const { frameCount } = stretch.features;
      if (frame < frameCount) return this.placeAt(stretch, frame - random.int(0, this.options.definition.windowFrames));
      frame -= frameCount;
    }
    throw new RangeError('no audio to draw from');
  }

  private placeAroundEvent(random: Random): Place {
    const { stretch, event } = random.pick(random.pick(this.eventsByType));
    const frame = random.range(event.startMs, event.endMs) / this.options.labels.frameMs;
    return this.placeAt(stretch, Math.round(frame - random.uniform() * this.options.definition.windowFrames));
  }

  private placeAt(stretch: Stretch, startFrame: number): Place {
    const latest = stretch.features.frameCount - this.options.definition.windowFrames;
    return { stretch, startFrame: Math.max(0, Math.min(startFrame, latest)) };
  }

  private fillRow(row: number, { stretch, startFrame }: Place, random: Random): void {
    const { definition, featureSpec, labels, texture } = this.options;
    const { featureCount } = definition.network;
    const part = (values: Float32Array): Float32Array => {
      const size = values.length / definition.batchSize;
      return values.subarray(row * size, (row + 1) * size);
    };
    const features = part(this.batch.features);
    const heard = features.subarray(
      0,
      Math.min(definition.windowFrames, stretch.features.frameCount - startFrame) * featureCount,
    );
    stretch.features.read(startFrame, heard);
    if (texture) warp(random, featureSpec, heard);
    for (let i = heard.length; i < features.length; i++) features[i] = definition.normalisation.mean[i % featureCount]!;

    const channel = {
      frames: heard,
      gains: part(this.batch.gains).fill(1),
      noise: part(this.batch.noise).fill(0),
      mask: part(this.batch.mask).fill(1),
    };
    if (texture) drawChannel(random, featureSpec, texture, channel);

    drawDropout(random, part(this.batch.dropout));

    const windowStartMs = startFrame * labels.frameMs;
    const chunks = { labels: part(this.batch.chunkLabels).fill(0), weights: part(this.batch.chunkWeights).fill(1) };
    const frames = { labels: part(this.batch.frameLabels).fill(0), weights: part(this.batch.frameWeights).fill(1) };
    labelChunks(chunks, stretch.events, windowStartMs, labels);
    labelFrames(frames, stretch.events, windowStartMs, labels);
    this.ignorePadding(stretch.features.frameCount, chunks.weights, frames.weights);
    this.ignoreCutContext({ stretch, startFrame }, chunks.weights, frames.weights);
  }

  /** A stretch shorter than the window is padded; what reaches into the padding has no say. */
  private ignorePadding(frameCount: number, chunkWeights: Float32Array, frameWeights: Float32Array): void {
    const { network, windowFrames } = this.options.definition;
    if (frameCount >= windowFrames) return;
    frameWeights.fill(0, frameCount * network.typeCount);
    chunkWeights.fill(0, chunkCountOf(network.grid, frameCount) * network.typeCount);
  }

  /**
   * Where the window cuts audio off, what stands within the network's reach of the cut hears padding that detection never shows it:
   * it has no say. Ends of the stretch are real.
   */
  private ignoreCutContext({ stretch, startFrame }: Place, chunkWeights: Float32Array, frameWeights: Float32Array): void {
    const { network, windowFrames } = this.options.definition;
    const { typeCount, grid } = network;
    const reach = localContextFramesOf(network);
    const first = startFrame > 0 ? reach : 0;
    const end = startFrame + windowFrames < stretch.features.frameCount ? windowFrames - reach : windowFrames;
    if (end - first < grid.chunkFrames) return; // too short a window for that
    frameWeights.fill(0, 0, first * typeCount).fill(0, end * typeCount);
    const lastChunk = Math.floor((end - grid.chunkFrames) / grid.strideFrames);
    chunkWeights.fill(0, 0, Math.ceil(first / grid.strideFrames) * typeCount).fill(0, (lastChunk + 1) * typeCount);
  }
}

function drawDropout(random: Random, factors: Float32Array): void {
  for (let i = 0; i < factors.length; i++) factors[i] = random.chance(DROPOUT) ? 0 : 1 / (1 - DROPOUT);
}

function emptyBatch({ batchSize, windowFrames, network }: TrainingDefinition): TrainingBatch {
  const { featureCount, typeCount, grid } = network;
  const perWindow = (size: number): Float32Array => new Float32Array(batchSize * size);
  const chunks = chunkCountOf(grid, windowFrames) * typeCount;
  return {
    features: perWindow(windowFrames * featureCount),
    gains: perWindow(featureCount),
    noise: perWindow(windowFrames * featureCount),
    mask: perWindow(featureCount),
    dropout: perWindow(network.channels),
    chunkLabels: perWindow(chunks),
    chunkWeights: perWindow(chunks),
    frameLabels: perWindow(windowFrames * typeCount),
    frameWeights: perWindow(windowFrames * typeCount),
  };
}
