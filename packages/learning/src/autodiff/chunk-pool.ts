import { DATA_TYPE } from '../onnx/encode-model.js';
import { int, ints } from '../onnx/model.js';
import { dims3 } from './dense.js';
import type { Tape, Variable } from './tape.js';

/** Chunks over frames: chunk k covers frames [k · strideFrames, k · strideFrames + chunkFrames). */
export interface ChunkGrid {
  readonly chunkFrames: number;
  readonly strideFrames: number;
}

/** How many whole chunks fit into this many frames. */
export function chunkCountOf(grid: ChunkGrid, frameCount: number): number {
  return Math.max(0, Math.floor((frameCount - grid.chunkFrames) / grid.strideFrames) + 1);
}

/**
 * Mean over each chunk: [B, T, C] → [B, K, C].
 * Runs over segments of gcd(chunk, stride) frames, which overlapping chunks share; T must be a multiple of that.
 */
export function chunkMean(tape: Tape, x: Variable, grid: ChunkGrid): Variable {
  const { graph } = tape;
  const layout = segmentsOf(x, grid);
  const { batch, segmentCount, segmentFrames, channels, chunkCount } = layout;
  const segments = graph.reshape(x, [batch, segmentCount, segmentFrames, channels]);
  const sums = graph.node('ReduceSum', [segments, graph.indices([2])], [batch, segmentCount, channels], { keepdims: int(0) });
  const shape = [batch, chunkCount, channels];
  const weights = averagingMatrix(layout, grid);
  const pooled = graph.node('MatMul', [graph.constant(weights, [chunkCount, segmentCount]), sums], shape);
  return tape.record(pooled, shape, [x], (gradient) => {
    const transposed = graph.constant(transposeMatrix(weights, chunkCount, segmentCount), [segmentCount, chunkCount]);
    const perSegment = graph.node('MatMul', [transposed, gradient], [batch, segmentCount, channels]);
    const perFrame = graph.node(
      'Expand',
      [graph.reshape(perSegment, [batch, segmentCount, 1, channels]), graph.indices(segments.shape as number[])],
      segments.shape,
    );
    return [graph.reshape(perFrame, x.shape)];
  });
}

/**
 * Maximum over each chunk: [B, T, C] → [B, K, C]. Tied frames share the gradient: in digital silence all frames are equal, and giving each
 * of them all of it would multiply it by their number.
 */
export function chunkMax(tape: Tape, x: Variable, grid: ChunkGrid): Variable {
  const { batch, segmentCount, segmentFrames, channels, segmentsPerChunk, segmentsPerStride, chunkCount } = segmentsOf(x, grid);
  let windows = segmentMax(tape, x, [batch, segmentCount, segmentFrames, channels]);
  let width = 1;
  for (; width * 2 <= segmentsPerChunk; width *= 2) windows = maxWithLater(tape, windows, width);
  if (width < segmentsPerChunk) windows = maxWithLater(tape, windows, segmentsPerChunk - width);
  return everyNth(tape, windows, segmentsPerStride, chunkCount);
}

function segmentMax(tape: Tape, x: Variable, split: readonly [number, number, number, number]): Variable {
  const { graph } = tape;
  const [batch, segmentCount, segmentFrames, channels] = split;
  const shape = [batch, segmentCount, channels];
  if (segmentFrames === 1) return x;
  const segments = graph.reshape(x, split);
  const maxima = graph.node('ReduceMax', [segments], shape, { axes: ints([2]), keepdims: int(0) });
  return tape.record(maxima, shape, [x], (gradient) => {
    const column = [batch, segmentCount, 1, channels];
    const isMaximum = graph.node('Equal', [segments, graph.reshape(maxima, column)], segments.shape);
    const mask = graph.node('Cast', [isMaximum], segments.shape, { to: int(DATA_TYPE.float) });
    const ties = graph.node('ReduceSum', [mask, graph.indices([2])], column, { keepdims: int(1) });
    const share = graph.node('Div', [graph.reshape(gradient, column), ties], column);
    const spread = graph.node('Mul', [mask, share], segments.shape);
    return [graph.reshape(spread, x.shape)];
  });
}

/** max(x[t], x[t + shift]) for every t that has both: [B, S, C] → [B, S - shift, C]. */
function maxWithLater(tape: Tape, x: Variable, shift: number): Variable {
  const { graph } = tape;
  const [batch, length, channels] = dims3(x);
  const shape = [batch, length - shift, channels];
  const earlier = graph.slice(x, 1, 0, length - shift);
  const later = graph.slice(x, 1, shift, length);
  const maxima = graph.node('Max', [earlier, later], shape);
  return tape.record(maxima, shape, [x], (gradient) => {
    const earlierWins = graph.node('GreaterOrEqual', [earlier, later], shape);
    const toEarlier = graph.node('Where', [earlierWins, gradient, graph.scalar(0)], shape);
    const toLater = graph.node('Where', [earlierWins, graph.scalar(0), gradient], shape);
    return [graph.node('Add', [graph.pad(toEarlier, 1, 0, shift), graph.pad(toLater, 1, shift, 0)], x.shape)];
  });
}

/** x[0], x[step], … : [B, S, C] → [B, count, C]. */
function everyNth(tape: Tape, x: Variable, step: number, count: number): Variable {
  const { graph } = tape;
  const [batch, length, channels] = dims3(x);
  const end = (count - 1) * step + 1;
  const shape = [batch, count, channels];
  if (step === 1 && end === length) return x;
  const kept = graph.slice(x, 1, 0, end, step);
  return tape.record(kept, shape, [x], (gradient) => {
    const column = graph.reshape(gradient, [batch, count, 1, channels]);
    const spaced = graph.reshape(graph.pad(column, 2, 0, step - 1), [batch, count * step, channels]);
    const target = length - count * step;
    return [target >= 0 ? graph.pad(spaced, 1, 0, target) : graph.slice(spaced, 1, 0, length)];
  });
}

interface Segments {
  readonly batch: number;
  readonly channels: number;
  readonly segmentFrames: number;
  readonly segmentCount: number;
  readonly segmentsPerChunk: number;
  readonly segmentsPerStride: number;
  readonly chunkCount: number;
}

function segmentsOf(x: Variable, grid: ChunkGrid): Segments {
  const [batch, time, channels] = dims3(x);
  const segmentFrames = greatestCommonDivisor(grid.chunkFrames, grid.strideFrames);
  if (time % segmentFrames !== 0) throw new RangeError(`${time} frames are not a multiple of ${segmentFrames}`);
  return {
    batch,
    channels,
    segmentFrames,
    segmentCount: time / segmentFrames,
    segmentsPerChunk: grid.chunkFrames / segmentFrames,
    segmentsPerStride: grid.strideFrames / segmentFrames,
    chunkCount: chunkCountOf(grid, time),
  };
}

/** [chunks, segments]: 1 / chunkFrames where the segment belongs to the chunk. */
function averagingMatrix(
  { chunkCount, segmentCount, segmentsPerChunk, segmentsPerStride }: Segments,
  grid: ChunkGrid,
): Float32Array {
  const weights = new Float32Array(chunkCount * segmentCount);
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    const first = chunk * segmentCount + chunk * segmentsPerStride;
    weights.fill(1 / grid.chunkFrames, first, first + segmentsPerChunk);
  }
  return weights;
}

function transposeMatrix(values: Float32Array, rowCount: number, columnCount: number): Float32Array {
  return Float32Array.from(values, (_, i) => values[(i % rowCount) * columnCount + Math.floor(i / rowCount)] as number);
}

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
