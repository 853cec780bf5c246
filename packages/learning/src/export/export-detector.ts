import type { AffineCalibration } from '@earmark/sound-events';
import type { Normalisation } from '../engine.js';
import { normaliseFeatures } from '../engines/ort/feature-nodes.js';
import { addFeatureNodes } from '../features/feature-graph.js';
import type { FeatureSpec } from '../features/feature-spec.js';
import { forwardNetwork } from '../network/forward.js';
import type { NetworkSpec } from '../network/network-spec.js';
import { onnxInferenceOps } from '../network/onnx-forward.js';
import { parameterLayout } from '../network/parameters.js';
import { GraphBuilder, type Value } from '../onnx/graph-builder.js';
import { detectorMetadata, type DetectorDescription } from './detector-metadata.js';

/** A trained network and all that belongs to using it. */
export interface TrainedDetector {
  readonly featureSpec: FeatureSpec;
  readonly network: NetworkSpec;
  readonly normalisation: Normalisation;
  /** Flat vector of `parameterCountOf(network)`. */
  readonly parameters: Float32Array;
  /** One per type, in the order of `description.artifactTypes`: makes chunk scores probabilities. */
  readonly calibrations: readonly AffineCalibration[];
  readonly description: DetectorDescription;
}

/**
 * The detector as an ONNX file: `wave` [batch, samples] at the spec's rate, at least one chunk long → `frame_scores`
 * [batch, frames, types] (where exactly, uncalibrated) and `chunk_scores` [batch, chunks, types] (calibrated probabilities).
 * Equal detectors give equal bytes: nothing of time, place or chance is written.
 */
export function exportDetector(detector: TrainedDetector): Uint8Array {
  const { network, calibrations } = detector;
  const graph = new GraphBuilder('detector');
  const wave = graph.input('wave', ['batch', 'samples']);
  const features = normaliseFeatures(graph, addFeatureNodes(graph, detector.featureSpec, wave), detector.normalisation);
  const outputs = forwardNetwork(network, onnxInferenceOps(graph), parameterConstants(graph, detector), features);
  const perType = (pick: (calibration: AffineCalibration) => number): Value =>
    graph.constant(Float32Array.from(calibrations, pick), [calibrations.length]);
  const { chunkLogits, frameLogits } = outputs;
  const scaled = graph.node('Mul', [chunkLogits, perType(({ scale }) => scale)], chunkLogits.shape);
  const calibrated = graph.node('Add', [scaled, perType(({ offset }) => offset)], chunkLogits.shape);
  return graph.build({
    outputs: {
      frame_scores: graph.node('Sigmoid', [frameLogits], ['batch', 'frames', network.typeCount]),
      chunk_scores: graph.node('Sigmoid', [calibrated], ['batch', 'chunks', network.typeCount]),
    },
    metadata: detectorMetadata(detector.description, detector.featureSpec, network),
  });
}

function parameterConstants(graph: GraphBuilder, { network, parameters }: TrainedDetector): (name: string) => Value {
  const byName = new Map(
    parameterLayout(network).map(({ name, dims, offset, size }) => [
      name,
      graph.constant(parameters.slice(offset, offset + size), dims),
    ]),
  );
  return (name) => {
    const value = byName.get(name);
    if (!value) throw new RangeError(`the network has no parameter ${name}`);
    return value;
  };
}
