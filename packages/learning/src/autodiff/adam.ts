import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { int } from '../onnx/model.js';

export interface AdamOptions {
  readonly meanDecay: number;
  readonly varianceDecay: number;
  readonly epsilon: number;
  /** Decoupled decay per step, times the learning rate (AdamW, arXiv:1711.05101). */
  readonly weightDecay: number;
  /** The gradient is scaled down to this Euclidean norm when it is longer. */
  readonly maxGradientNorm: number;
}

export const DEFAULT_ADAM: AdamOptions = {
  meanDecay: 0.9,
  varianceDecay: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.05,
  maxGradientNorm: 1,
};

export interface AdamInputs {
  readonly parameters: Value;
  readonly mean: Value;
  readonly variance: Value;
  readonly gradient: Value;
  readonly learningRate: Value;
  /** 1 / (1 - meanDecay ^ step) and 1 / (1 - varianceDecay ^ step). */
  readonly meanCorrection: Value;
  readonly varianceCorrection: Value;
}

export interface AdamOutputs {
  readonly parameters: Value;
  readonly mean: Value;
  readonly variance: Value;
}

/** One Adam step over the flat parameter vector [n] (Kingma and Ba, arXiv:1412.6980), as nodes of the graph. */
export function adamStep(graph: GraphBuilder, inputs: AdamInputs, options: AdamOptions): AdamOutputs {
  const { shape } = inputs.parameters;
  const binary = (op: string, a: Value, b: Value): Value => graph.node(op, [a, b], shape);
  const times = (a: Value, factor: number): Value => binary('Mul', a, graph.scalar(factor));
  const gradient = clipNorm(graph, inputs.gradient, options.maxGradientNorm);
  const mean = binary('Add', times(inputs.mean, options.meanDecay), times(gradient, 1 - options.meanDecay));
  const square = binary('Mul', gradient, gradient);
  const variance = binary('Add', times(inputs.variance, options.varianceDecay), times(square, 1 - options.varianceDecay));
  const deviation = graph.node('Sqrt', [binary('Mul', variance, inputs.varianceCorrection)], shape);
  const direction = binary(
    'Div',
    binary('Mul', mean, inputs.meanCorrection),
    binary('Add', deviation, graph.scalar(options.epsilon)),
  );
  const update = binary('Add', direction, times(inputs.parameters, options.weightDecay));
  return { parameters: binary('Sub', inputs.parameters, binary('Mul', update, inputs.learningRate)), mean, variance };
}

function clipNorm(graph: GraphBuilder, gradient: Value, maxNorm: number): Value {
  const norm = graph.node('ReduceL2', [gradient], [1], { keepdims: int(1) });
  const excess = graph.node('Div', [norm, graph.scalar(maxNorm)], [1]);
  const divisor = graph.node('Max', [excess, graph.constant(Float32Array.of(1), [1])], [1]);
  return graph.node('Div', [gradient, divisor], gradient.shape);
}

/** Joins vectors in a tree of at most six inputs per node, which keeps every node within WebGPU's buffer limit. */
export function concatVectors(graph: GraphBuilder, vectors: readonly Value[]): Value {
  let level = [...vectors];
  while (level.length > 1) {
    const joined: Value[] = [];
    for (let i = 0; i < level.length; i += 6) joined.push(graph.concat(level.slice(i, i + 6), 0));
    level = joined;
  }
  const [only] = level;
  if (!only) throw new RangeError('nothing to join');
  return only;
}
