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
  /** Features [start, end) on which noise adds in power. */
  readonly amplitudes: { readonly start: number; readonly end: number };
}

/**
 * Applies gain, colour and noise where they act: on the power or amplitude inside each logarithm. Powers of independent sounds add,
 * amplitudes add in power; equal to changing the audio itself, up to the interference of noise and signal. Linear features (floor 0, after
 * all others) stay as they are: the sampler changes what it can of them.
 */
export function augmentFeatures(graph: GraphBuilder, features: Value, augmentation: Augmentation): Value {
  const { floors, amplitudes } = augmentation;
  const logCount = floors.findIndex((floor) => floor === 0);
  const bounds = [0, amplitudes.start, amplitudes.end, logCount];
  const parts = bounds.slice(1).flatMap((end, i) => {
    const start = bounds[i]!;
    const isAmplitude = start === amplitudes.start && end === amplitudes.end;
    return end > start ? [augmentPart(graph, features, augmentation, { start, end, isAmplitude })] : [];
  });
  const linear = graph.slice(features, 2, logCount, floors.length);
  return { ...graph.concat([...parts, linear], 2), shape: features.shape };
}

function augmentPart(
  graph: GraphBuilder,
  features: Value,
  { gains, noise, floors }: Augmentation,
  { start, end, isAmplitude }: { readonly start: number; readonly end: number; readonly isAmplitude: boolean },
): Value {
  const part = (value: Value): Value => graph.slice(value, 2, start, end);
  const shape = [...features.shape.slice(0, 2), end - start];
  const floor = graph.constant(floors.slice(start, end), [end - start]);
  const heard = graph.node('Relu', [graph.node('Sub', [graph.node('Exp', [part(features)], shape), floor], shape)], shape);
  const changed = graph.node('Mul', [heard, part(gains)], shape);
  const square = (value: Value): Value => graph.node('Mul', [value, value], shape);
  const noisy = isAmplitude
    ? graph.node('Sqrt', [graph.node('Add', [square(changed), square(part(noise))], shape)], shape)
    : graph.node('Add', [changed, part(noise)], shape);
  return graph.node('Log', [graph.node('Add', [noisy, floor], shape)], shape);
}
