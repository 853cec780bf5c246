import type { Band } from '../autodiff/band-sum.js';
import type { ChunkGrid } from '../autodiff/chunk-pool.js';
import type { ConvOptions } from '../autodiff/conv1d.js';
import { LAYER_NORM_EPSILON } from '../autodiff/layer-norm.js';
import { TO_END, type GraphBuilder, type Value } from '../onnx/graph-builder.js';
import { float, int, ints } from '../onnx/model.js';
import type { NetworkOps } from './forward.js';

/** The network's operations as ONNX nodes for inference: any batch size, any number of frames ≥ one chunk. */
export function onnxInferenceOps(graph: GraphBuilder): NetworkOps<Value> {
  const withChannels = (x: Value, channels: number | string): (number | string)[] => [...x.shape.slice(0, -1), channels];
  return {
    conv1d: (x, weight, bias, options) => {
      const product = graph.node('MatMul', [gatherColumns(graph, x, options), weight], withChannels(x, weight.shape[1]!));
      return graph.node('Add', [product, bias], product.shape);
    },
    layerNorm: (x, gain, bias) =>
      graph.node('LayerNormalization', [x, gain, bias], x.shape, { axis: int(-1), epsilon: float(LAYER_NORM_EPSILON) }),
    relu: (x) => graph.node('Relu', [x], x.shape),
    add: (a, b) => graph.node('Add', [a, b], a.shape),
    subtract: (a, b) => graph.node('Sub', [a, b], a.shape),
    absolute: (x) => graph.node('Abs', [x], x.shape),
    product: (a, b) => graph.node('Mul', [a, b], a.shape),
    quotient: (a, b) => graph.node('Div', [a, b], a.shape),
    shift: (x, constant) => graph.node('Add', [x, graph.scalar(constant)], x.shape),
    logistic: (x) => graph.node('Sigmoid', [x], x.shape),
    bandSum: (x, band) => bandSum(graph, x, band),
    concat: (parts) => graph.concat(parts, 2),
    chunkPool: (x, grid) => chunkPool(graph, x, grid),
    dropout: (x) => x,
    dense: (x, weight, bias) => {
      const product = graph.node('MatMul', [x, weight], withChannels(x, weight.shape[1]!));
      return graph.node('Add', [product, bias], product.shape);
    },
  };
}

/** Sum over the whole neighbourhood less that over the inner part, each by a pooling that counts padding as zeros. */
function bandSum(graph: GraphBuilder, x: Value, { near, far }: Band): Value {
  const byChannel = graph.transpose(x, [0, 2, 1]);
  const sumWithin = (reach: number): Value => {
    const mean = graph.node('AveragePool', [byChannel], byChannel.shape, {
      kernel_shape: ints([2 * reach + 1]),
      pads: ints([reach, reach]),
      count_include_pad: int(1),
    });
    return graph.node('Mul', [mean, graph.scalar(2 * reach + 1)], byChannel.shape);
  };
  const sums = graph.node('Sub', [sumWithin(far), sumWithin(near - 1)], byChannel.shape);
  return graph.transpose(sums, [0, 2, 1]);
}

function gatherColumns(graph: GraphBuilder, x: Value, { kernelSize, dilation }: ConvOptions): Value {
  const reach = dilation * (kernelSize - 1);
  const before = Math.floor(reach / 2);
  const padded = graph.pad(x, 1, before, reach - before);
  const taps = Array.from({ length: kernelSize }, (_, tap) => {
    const remaining = reach - tap * dilation;
    return graph.slice(padded, 1, tap * dilation, remaining === 0 ? TO_END : -remaining, 1, x.shape);
  });
  return graph.concat(taps, 2);
}

/** Pads one stride less a frame at the end, so that the last frames belong to a chunk too; padding counts neither way. */
function chunkPool(graph: GraphBuilder, x: Value, { chunkFrames, strideFrames }: ChunkGrid): Value {
  const [batch, , channels] = x.shape;
  const byChannel = graph.transpose(x, [0, 2, 1]);
  const pooled = ['AveragePool', 'MaxPool'].map((op) =>
    graph.node(op, [byChannel], [batch!, channels!, 'chunks'], {
      kernel_shape: ints([chunkFrames]),
      strides: ints([strideFrames]),
      pads: ints([0, strideFrames - 1]),
    }),
  );
  return graph.transpose(graph.concat(pooled, 1), [0, 2, 1]);
}
