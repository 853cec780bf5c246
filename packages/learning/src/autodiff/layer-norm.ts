import type { Value } from '../onnx/graph-builder.js';
import { float, int } from '../onnx/model.js';
import { dims3, sumRows } from './dense.js';
import type { Tape, Variable } from './tape.js';

export const LAYER_NORM_EPSILON = 1e-5;

/** Layer normalisation over the channels of x [B, T, C], then gain [C] and bias [C] (Ba et al., arXiv:1607.06450). */
export function layerNorm(tape: Tape, x: Variable, gain: Variable, bias: Variable): Variable {
  const { graph } = tape;
  const [batch, time, channels] = dims3(x);
  const attributes = { axis: int(-1), epsilon: float(LAYER_NORM_EPSILON) };
  const outputs = graph.nodeWithOutputs('LayerNormalization', [x, gain, bias], x.shape, 3, attributes);
  const [y, mean, inverseDeviation] = outputs as [Value, Value, Value];
  const columnShape = [batch, time, 1];
  return tape.record(y, x.shape, [x, gain, bias], (gradient) => {
    const mul = (a: Value, b: Value): Value => graph.node('Mul', [a, b], x.shape);
    const sub = (a: Value, b: Value): Value => graph.node('Sub', [a, b], x.shape);
    const normalised = mul(sub(x, mean), inverseDeviation);
    const gradientTimesNormalised = mul(gradient, normalised);
    // mean over channels of (v · gain), as a matrix-vector product: cheaper than a product and a reduction.
    const gainColumn = graph.reshape(graph.node('Mul', [gain, graph.scalar(1 / channels)], [channels]), [channels, 1]);
    const meanWithGain = (v: Value): Value => graph.node('MatMul', [v, gainColumn], columnShape);
    const centred = sub(mul(gradient, gain), meanWithGain(gradient));
    const toInput = mul(sub(centred, mul(normalised, meanWithGain(gradientTimesNormalised))), inverseDeviation);
    const toRows = (v: Value): Value => graph.reshape(v, [batch * time, channels]);
    return [toInput, sumRows(tape, toRows(gradientTimesNormalised), channels), sumRows(tape, toRows(gradient), channels)];
  });
}
