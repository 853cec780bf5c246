import type { Value } from '../onnx/graph-builder.js';
import { int } from '../onnx/model.js';
import type { Tape, Variable } from './tape.js';

/** Mean over all elements of weight · binary cross-entropy of logits against labels 0-1; equal shapes; the result is a scalar. */
export function weightedBinaryCrossEntropy(tape: Tape, logits: Variable, labels: Value, weights: Value): Variable {
  const { graph } = tape;
  const { shape } = logits;
  const count = shape.reduce((product, dim) => product * dim, 1);
  const unary = (op: string, x: Value): Value => graph.node(op, [x], shape);
  const binary = (op: string, a: Value, b: Value): Value => graph.node(op, [a, b], shape);
  // max(z, 0) - z·y + log(1 + exp(-|z|)): finite for every logit.
  const softPlus = unary('Log', binary('Add', unary('Exp', unary('Neg', unary('Abs', logits))), graph.scalar(1)));
  const entropy = binary('Add', binary('Sub', unary('Relu', logits), binary('Mul', logits, labels)), softPlus);
  const weighted = binary('Mul', entropy, weights);
  const loss = graph.node('ReduceMean', [weighted], [], { keepdims: int(0) });
  return tape.record(loss, [], [logits], (gradient) => {
    const slope = binary('Mul', binary('Sub', unary('Sigmoid', logits), labels), weights);
    const factor = graph.node('Mul', [gradient, graph.scalar(1 / count)], []);
    return [binary('Mul', slope, factor)];
  });
}
