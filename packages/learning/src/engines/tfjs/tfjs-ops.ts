import type * as tensorflow from '@tensorflow/tfjs';
import { bandMatrix } from '../../autodiff/band-sum.js';
import type { ConvOptions } from '../../autodiff/conv1d.js';
import { chunkCountOf, type ChunkGrid } from '../../autodiff/chunk-pool.js';
import { LAYER_NORM_EPSILON } from '../../autodiff/layer-norm.js';
import type { NetworkOps } from '../../network/forward.js';

/** The TensorFlow.js module, whichever package it came from. */
export type TensorFlow = typeof tensorflow;
export type Tensor = tensorflow.Tensor;

/** The network's operations in TensorFlow.js, differentiable by its own automatic differentiation. */
export function tfjsOps(tf: TensorFlow, dropout: Tensor | null): NetworkOps<Tensor> {
  return {
    conv1d: (x, weight, bias, options) => tf.add(matMulLast(tf, gatherColumns(tf, x, options), weight), bias),
    layerNorm: (x, gain, bias) => {
      const { mean, variance } = tf.moments(x, -1, true);
      const normalised = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, LAYER_NORM_EPSILON)));
      return tf.add(tf.mul(normalised, gain), bias);
    },
    relu: (x) => tf.relu(x),
    add: (a, b) => tf.add(a, b),
    subtract: (a, b) => tf.sub(a, b),
    absolute: (x) => tf.abs(x),
    product: (a, b) => tf.mul(a, b),
    quotient: (a, b) => tf.div(a, b),
    shift: (x, constant) => tf.add(x, constant),
    logistic: (x) => tf.sigmoid(x),
    bandSum: (x, band) => {
      const [batch, count, channels] = x.shape as [number, number, number];
      // Positions first, so that one matrix product serves the whole batch.
      const rows = tf.reshape(tf.transpose(x, [1, 0, 2]), [count, batch * channels]);
      const sums = tf.matMul(tf.tensor2d(bandMatrix(count, band), [count, count]), rows);
      return tf.transpose(tf.reshape(sums, [count, batch, channels]), [1, 0, 2]);
    },
    concat: (parts) => tf.concat([...parts], 2),
    chunkPool: (x, grid) => chunkPool(tf, x, grid),
    dense: (x, weight, bias) => tf.add(matMulLast(tf, x, weight), bias),
    dropout: (x) => (dropout ? tf.mul(x, dropout) : x),
  };
}

function matMulLast(tf: TensorFlow, x: Tensor, weight: Tensor): Tensor {
  const rows = tf.reshape(x, [-1, weight.shape[0]]);
  return tf.reshape(tf.matMul(rows, weight as tensorflow.Tensor2D), [...x.shape.slice(0, -1), weight.shape[1]!]);
}

/** Columns instead of `tf.conv1d`, which has no gradient for dilated kernels. */
function gatherColumns(tf: TensorFlow, x: Tensor, { kernelSize, dilation }: ConvOptions): Tensor {
  const reach = dilation * (kernelSize - 1);
  const before = Math.floor(reach / 2);
  const padded = tf.pad(x, [
    [0, 0],
    [before, reach - before],
    [0, 0],
  ]);
  const taps = Array.from({ length: kernelSize }, (_, tap) => tf.slice(padded, [0, tap * dilation, 0], x.shape));
  return tf.concat(taps, 2);
}

function chunkPool(tf: TensorFlow, x: Tensor, grid: ChunkGrid): Tensor {
  const [batch, frames, channels] = x.shape as [number, number, number];
  const chunks = Array.from({ length: chunkCountOf(grid, frames) }, (_, chunk) => {
    const part = tf.slice(x, [0, chunk * grid.strideFrames, 0], [batch, grid.chunkFrames, channels]);
    return tf.concat([tf.mean(part, 1), maxOverTime(tf, part)], 1);
  });
  return tf.stack(chunks, 1);
}

/** [B, T, C] → [B, C]; tied frames share the gradient, where `tf.max` would give all of it to each. */
export function maxOverTime(tf: TensorFlow, x: Tensor): Tensor {
  const operation = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [Tensor, tensorflow.GradSaveFunc];
    const maxima = tf.max(input, 1, true);
    save([input, maxima]);
    const gradFunc = (gradient: Tensor, saved: Tensor[]): Tensor => {
      const mask = tf.cast(tf.equal(saved[0]!, saved[1]!), 'float32');
      return tf.mul(tf.div(mask, tf.sum(mask, 1, true)), tf.expandDims(gradient, 1));
    };
    return { value: tf.squeeze(maxima, [1]), gradFunc };
  });
  return operation(x);
}
