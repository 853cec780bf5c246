import type { Value } from '../onnx/graph-builder.js';
import type { Tape, Variable } from './tape.js';

/** max(x, 0), any shape. */
export function relu(tape: Tape, x: Variable): Variable {
  const { graph } = tape;
  const y = graph.node('Relu', [x], x.shape);
  return tape.record(y, x.shape, [x], (gradient) => {
    const isPositive = graph.node('Greater', [y, graph.scalar(0)], x.shape);
    return [graph.node('Where', [isPositive, gradient, graph.scalar(0)], x.shape)];
  });
}

/** a + b, equal shapes. */
export function add(tape: Tape, a: Variable, b: Variable): Variable {
  const sum = tape.graph.node('Add', [a, b], a.shape);
  return tape.record(sum, a.shape, [a, b], (gradient) => [gradient, gradient]);
}

/** x · factor for a constant factor, any shape. */
export function scale(tape: Tape, x: Variable, factor: number): Variable {
  const { graph } = tape;
  const y = graph.node('Mul', [x, graph.scalar(factor)], x.shape);
  return tape.record(y, x.shape, [x], (gradient) => [graph.node('Mul', [gradient, graph.scalar(factor)], x.shape)]);
}

/** x · factors, where the factors are data that broadcasts over x. */
export function multiply(tape: Tape, x: Variable, factors: Value): Variable {
  const { graph } = tape;
  const y = graph.node('Mul', [x, factors], x.shape);
  return tape.record(y, x.shape, [x], (gradient) => [graph.node('Mul', [gradient, factors], x.shape)]);
}
