import type { TensorMap, TensorValue } from '@earmark/onnx-runtime';
import { float32Data, float32Tensor } from '@earmark/onnx-runtime';
import type { DetectorManifest } from '../export/detector-manifest.js';
import { FEATURE_CONTEXT_FRAMES } from '../features/feature-graph.js';
import type { SampleReader } from '../features/feature-blocks.js';
import { contextFramesOf } from '../network/network-spec.js';
import { fileChunkCount, planBlocks, stitch, type Block } from './block-plan.js';

/** Runs an exported detector: a session of this thread, or a job of an `InferencePool`. */
export type DetectorRun = (feeds: TensorMap) => Promise<Record<string, TensorValue>>;

/** Mono audio at the detector's rate. */
export interface AudioToScore {
  readonly sampleCount: number;
  readonly read: SampleReader;
}

/** All scores of one file, row-major, 0-1. */
export interface FileScores {
  /** Calibrated probabilities, [chunks, types]. */
  readonly chunkScores: Float32Array;
  /** Evidence for boundaries, [frames, types]. */
  readonly frameScores: Float32Array;
  /** Length of the scored audio in frames; at least one chunk, longer than a file that is shorter. */
  readonly frameCount: number;
}

export interface ScoreFileOptions {
  readonly signal?: AbortSignal;
  /** Length of a block without its context; default 20 s. The results do not depend on it. */
  readonly blockMs?: number;
  /** Blocks under way at once, ≥ 1; default 1. A pool keeps all its workers busy with more. */
  readonly concurrency?: number;
  /** After each block: share of the file done, 0-1. */
  readonly onProgress?: (share: number) => void;
}

/** Scores a file of any length block by block; only the scores themselves grow with the file (about 400 bytes per second and type). */
export async function scoreFile(
  manifest: DetectorManifest,
  run: DetectorRun,
  audio: AudioToScore,
  options: ScoreFileOptions = {},
): Promise<FileScores> {
  const { network, featureSpec } = manifest;
  const types = network.typeCount;
  const frameCount = Math.max(network.grid.chunkFrames, Math.floor(audio.sampleCount / featureSpec.hopSamples));
  const chunkScores = new Float32Array(fileChunkCount(frameCount, network.grid) * types);
  const frameScores = new Float32Array(frameCount * types);
  const blocks = planBlocks(frameCount, {
    grid: network.grid,
    contextFrames: contextFramesOf(network) + FEATURE_CONTEXT_FRAMES,
    blockFrames: Math.ceil((options.blockMs ?? 20_000) / manifest.frameMs),
  });
  let done = 0;
  const scoreBlock = async (block: Block): Promise<void> => {
    options.signal?.throwIfAborted();
    const wave = await readBlock(block, audio, featureSpec.hopSamples);
    const outputs = await run({ wave: float32Tensor(wave, [1, wave.length]) });
    stitch(chunkScores, float32Data(outputs, 'chunk_scores'), block.chunks, types);
    stitch(frameScores, float32Data(outputs, 'frame_scores'), block.frames, types);
    done += 1;
    options.onProgress?.(done / blocks.length);
  };
  await forEachConcurrently(blocks, options.concurrency ?? 1, scoreBlock);
  return { chunkScores, frameScores, frameCount };
}

/** The block's samples; silence where a short file had to be lengthened to one chunk. */
async function readBlock({ inputStart, inputEnd }: Block, audio: AudioToScore, hopSamples: number): Promise<Float32Array> {
  const [start, end] = [inputStart * hopSamples, inputEnd * hopSamples];
  const samples = await audio.read(start, Math.min(end, audio.sampleCount));
  if (samples.length === end - start) return samples;
  const padded = new Float32Array(end - start);
  padded.set(samples);
  return padded;
}

/** Starts at most `concurrency` at once; after a failure nothing new starts, and the failure is thrown. */
async function forEachConcurrently<T>(items: readonly T[], concurrency: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const item of queue) {
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
}
