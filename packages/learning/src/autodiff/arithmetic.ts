import type { Value } from '../onnx/graph-builder.js';
import { int } from '../onnx/model.js';
import type { Tape, Variable } from './tape.js';

/** a - b, equal shapes. */
export function subtract(tape: Tape, a: Variable, b: Variable): Variable {
  const { graph } = tape;
  const difference = graph.node('Sub', [a, b], a.shape);
  return tape.record(difference, a.shape, [a, b], (gradient) => [gradient, graph.node('Neg', [gradient], a.shape)]);
}

/** |x|; the gradient at 0 is 0. */
export function absolute(tape: Tape, x: Variable): Variable {
  const { graph } = tape;
  return tape.record(graph.node('Abs', [x], x.shape), x.shape, [x], (gradient) => [
    graph.node('Mul', [gradient, graph.node('Sign', [x], x.shape)], x.shape),
  ]);
}

/** a · b; b has the shape of a, or 1 in its last dimension. */
export function product(tape: Tape, a: Variable, b: Variable): Variable {
  const { graph } = tape;
  const y = graph.node('Mul', [a, b], a.shape);
  return tape.record(y, a.shape, [a, b], (gradient) => [
    graph.node('Mul', [gradient, b], a.shape),
    sumLike(tape, graph.node('Mul', [gradient, a], a.shape), a, b),
  ]);
}

/** a / b for positive b; b has the shape of a, or 1 in its last dimension. */
export function quotient(tape: Tape, a: Variable, b: Variable): Variable {
  const { graph } = tape;
  const y = graph.node('Div', [a, b], a.shape);
  return tape.record(y, a.shape, [a, b], (gradient) => {
    const toA = graph.node('Div', [gradient, b], a.shape);
    const toB = sumLike(tape, graph.node('Mul', [toA, y], a.shape), a, b);
    return [toA, graph.node('Neg', [toB], b.shape)];
  });
}

/** x + constant. */
export function shift(tape: Tape, x: Variable, constant: number): Variable {
  const { graph } = tape;
  return tape.record(graph.node('Add', [x, graph.scalar(constant)], x.shape), x.shape, [x], (gradient) => [gradient]);
}

/** 1 / (1 + e^-x). */
export function logistic(tape: Tape, x: Variable): Variable {
  const { graph } = tape;
  const y = graph.node('Sigmoid', [x], x.shape);
  return tape.record(y, x.shape, [x], (gradient) => {
    const slope = graph.node('Mul', [y, graph.node('Sub', [graph.scalar(1), y], x.shape)], x.shape);
    return [graph.node('Mul', [gradient, slope], x.shape)];
  });
}

/** A gradient of a's shape, summed to that of b. */
function sumLike({ graph }: Tape, gradient: Value, a: Variable, b: Variable): Value {
  if (a.shape.at(-1) === b.shape.at(-1)) return gradient;
  return graph.node('ReduceSum', [gradient, graph.indices([a.shape.length - 1])], b.shape, { keepdims: int(1) });
}
