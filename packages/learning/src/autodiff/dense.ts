import { int } from '../onnx/model.js';
import type { Value } from '../onnx/graph-builder.js';
import type { Tape, Variable } from './tape.js';

/** x [..., C] · weight [C, O] + bias [O] → [..., O]. */
export function dense(tape: Tape, x: Variable, weight: Variable, bias: Variable): Variable {
  const { graph } = tape;
  const [channelCount, outputCount] = dims2(weight);
  const rowCount = x.shape.slice(0, -1).reduce((product, dim) => product * dim, 1);
  const shape = [...x.shape.slice(0, -1), outputCount];
  const rows = graph.reshape(x, [rowCount, channelCount]);
  const product = graph.node('Gemm', [rows, weight, bias], [rowCount, outputCount]);
  return tape.record(graph.reshape(product, shape), shape, [x, weight, bias], (gradient) => {
    const rowGradient = graph.reshape(gradient, [rowCount, outputCount]);
    const toInput = (): Value => graph.node('Gemm', [rowGradient, weight], [rowCount, channelCount], { transB: int(1) });
    return [
      x.needsGradient ? graph.reshape(toInput(), x.shape) : null,
      graph.node('Gemm', [rows, rowGradient], weight.shape, { transA: int(1) }),
      sumRows(tape, rowGradient, outputCount),
    ];
  });
}

/** Sums [rows, columns] over its rows. */
export function sumRows(tape: Tape, rows: Value, columnCount: number): Value {
  return tape.graph.node('ReduceSum', [rows, tape.graph.indices([0])], [columnCount], { keepdims: int(0) });
}

export function dims2({ shape, name }: Variable): [number, number] {
  const [rowCount, columnCount] = shape;
  if (shape.length !== 2 || rowCount === undefined || columnCount === undefined) throw new RangeError(`${name} is not a matrix`);
  return [rowCount, columnCount];
}

export function dims3({ shape, name }: Variable): [number, number, number] {
  const [batch, time, channels] = shape;
  if (shape.length !== 3 || batch === undefined || time === undefined || channels === undefined) {
    throw new RangeError(`${name} is not [batch, time, channels]`);
  }
  return [batch, time, channels];
}
