import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { int } from '../onnx/model.js';
import { dims2, dims3, sumRows } from './dense.js';
import type { Tape, Variable } from './tape.js';

export interface ConvOptions {
  readonly kernelSize: number;
  readonly dilation: number;
}

/**
 * Convolution over time with zero padding to the same length: x [B, T, C], weight [kernelSize · C, O], bias [O] → [B, T, O].
 * Written as gather-columns + Gemm in both directions: on CPU that beats Conv, whose weight gradient needs a convolution with swapped axes.
 */
export function conv1d(tape: Tape, x: Variable, weight: Variable, bias: Variable, options: ConvOptions): Variable {
  const { graph } = tape;
  const [batch, time, channels] = dims3(x);
  const outputCount = dims2(weight)[1];
  const reach = options.dilation * (options.kernelSize - 1);
  const before = Math.floor(reach / 2);
  const columns = gatherColumns(graph, x, [batch, time, channels], options, before, reach - before);
  const product = graph.node('Gemm', [columns, weight, bias], [batch * time, outputCount]);
  const shape = [batch, time, outputCount];
  return tape.record(graph.reshape(product, shape), shape, [x, weight, bias], (gradient) => {
    const rowGradient = graph.reshape(gradient, [batch * time, outputCount]);
    const toInput = (): Value => {
      const gradientColumns = gatherColumns(graph, gradient, [batch, time, outputCount], options, reach - before, before);
      const flipped = flipTaps(graph, weight, options.kernelSize, channels, outputCount);
      return graph.reshape(graph.node('Gemm', [gradientColumns, flipped], [batch * time, channels]), [batch, time, channels]);
    };
    return [
      x.needsGradient ? toInput() : null,
      graph.node('Gemm', [columns, rowGradient], weight.shape, { transA: int(1) }),
      sumRows(tape, rowGradient, outputCount),
    ];
  });
}

/** The taps that each output frame sees, side by side: [B, T, C] → [B · T, kernelSize · C]. */
function gatherColumns(
  graph: GraphBuilder,
  x: Value,
  [batch, time, channels]: readonly [number, number, number],
  { kernelSize, dilation }: ConvOptions,
  before: number,
  after: number,
): Value {
  const padded = graph.pad({ ...x, shape: [batch, time, channels] }, 1, before, after);
  // One Gather of rows copies once; a Slice per tap and a Concat would copy twice.
  const rows = Array.from({ length: time * kernelSize }, (_, i) => Math.floor(i / kernelSize) + (i % kernelSize) * dilation);
  const gathered = graph.node('Gather', [padded, graph.indices(rows)], [batch, time * kernelSize, channels], { axis: int(1) });
  return graph.reshape(gathered, [batch * time, kernelSize * channels]);
}

/** [kernelSize · C, O] → [kernelSize · O, C] with the taps in reverse: the weight of the transposed convolution. */
function flipTaps(graph: GraphBuilder, weight: Value, kernelSize: number, channels: number, outputCount: number): Value {
  const taps = graph.reshape(weight, [kernelSize, channels, outputCount]);
  const bounds = [graph.indices([-1]), graph.indices([-1000]), graph.indices([0]), graph.indices([-1])];
  const reversed = graph.node('Slice', [taps, ...bounds], taps.shape);
  return graph.reshape(graph.transpose(reversed, [0, 2, 1]), [kernelSize * outputCount, channels]);
}
