import type { Normalisation } from '../../engine.js';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.js';

/** (features - mean) / deviation. */
export function normaliseFeatures(graph: GraphBuilder, features: Value, { mean, deviation }: Normalisation): Value {
  const size = [mean.length];
  const centred = graph.node('Sub', [features, graph.constant(mean, size)], features.shape);
  return graph.node(
    'Mul',
    [
      centred,
      graph.constant(
        deviation.map((value) => 1 / value),
        size,
      ),
    ],
    features.shape,
  );
}

interface Augmentation {
  readonly gains: Value;
  readonly noise: Value;
  readonly floors: Float32Array;
}

/**
 * Applies gain, colour and noise where they act: on the power or amplitude inside each logarithm, log(v · gain + noise + floor).
 * Equal to changing the audio itself, up to the interference of noise and signal. Linear features (floor 0) are multiplied only.
 */
export function augmentFeatures(graph: GraphBuilder, features: Value, { gains, noise, floors }: Augmentation): Value {
  const { shape } = features;
  const logCount = floors.findIndex((floor) => floor === 0);
  const shapeOf = (value: Value, count: number): (number | string)[] => [...value.shape.slice(0, 2), count];
  const logPart = (value: Value): Value => graph.slice(value, 2, 0, logCount);
  const restOf = (value: Value): Value => graph.slice(value, 2, logCount, floors.length);
  const floor = graph.constant(floors.slice(0, logCount), [logCount]);
  const logShape = shapeOf(features, logCount);
  const exponential = graph.node('Exp', [logPart(features)], logShape);
  const magnitude = graph.node('Relu', [graph.node('Sub', [exponential, floor], logShape)], logShape);
  const offset = graph.node('Add', [logPart(noise), floor], shapeOf(noise, logCount));
  const changed = graph.node('Add', [graph.node('Mul', [magnitude, logPart(gains)], logShape), offset], logShape);
  const linear = graph.node('Mul', [restOf(features), restOf(gains)], shapeOf(features, floors.length - logCount));
  return { ...graph.concat([graph.node('Log', [changed], logShape), linear], 2), shape };
}
