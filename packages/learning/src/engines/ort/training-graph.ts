import { absolute, logistic, product, quotient, shift, subtract } from '../../autodiff/arithmetic.js';
import { bandSum } from '../../autodiff/band-sum.js';
import { adamStep, concatVectors } from '../../autodiff/adam.js';
import { chunkCountOf, chunkMax, chunkMean } from '../../autodiff/chunk-pool.js';
import { concatChannels } from '../../autodiff/concat.js';
import { conv1d } from '../../autodiff/conv1d.js';
import { dense } from '../../autodiff/dense.js';
import { add, multiply, relu, scale } from '../../autodiff/elementwise.js';
import { layerNorm } from '../../autodiff/layer-norm.js';
import { weightedBinaryCrossEntropy } from '../../autodiff/loss.js';
import { Tape, type Variable } from '../../autodiff/tape.js';
import type { TrainingDefinition } from '../../engine.js';
import { forwardNetwork, type NetworkOps } from '../../network/forward.js';
import { parameterCountOf, parameterLayout } from '../../network/parameters.js';
import { onnxInferenceOps } from '../../network/onnx-forward.js';
import { GraphBuilder, type Value } from '../../onnx/graph-builder.js';
import { augmentFeatures, normaliseFeatures } from './feature-nodes.js';

/** Forward, backward and Adam in one model. Inputs: `batchInputs`, parameters and optimiser state; outputs: loss and next state. */
export function buildStepModel(definition: TrainingDefinition): Uint8Array {
  const { graph, loss, gradient, parameters } = lossAndGradient(definition);
  const count = [parameterCountOf(definition.network)];
  const next = adamStep(
    graph,
    {
      parameters,
      gradient,
      mean: graph.input('gradient_mean', count),
      variance: graph.input('gradient_variance', count),
      learningRate: graph.input('learning_rate', []),
      meanCorrection: graph.input('mean_correction', []),
      varianceCorrection: graph.input('variance_correction', []),
    },
    definition.adam,
  );
  return graph.build({
    outputs: {
      loss,
      next_parameters: next.parameters,
      next_gradient_mean: next.mean,
      next_gradient_variance: next.variance,
    },
  });
}

/** Forward and backward only: outputs `loss` and `gradient`. */
export function buildGradientModel(definition: TrainingDefinition): Uint8Array {
  const { graph, loss, gradient } = lossAndGradient(definition);
  return graph.build({ outputs: { loss, gradient } });
}

/** Forward over any number of frames: `features` [1, frames, F] and `parameters` → `chunk_logits`, `frame_logits`. */
export function buildScoringModel({ network, normalisation }: TrainingDefinition): Uint8Array {
  const graph = new GraphBuilder('scoring');
  const parameters = graph.input('parameters', [parameterCountOf(network)]);
  const features = graph.input('features', [1, 'frames', network.featureCount]);
  const parameter = unpackParameters(graph, network, parameters);
  const normalised = normaliseFeatures(graph, features, normalisation);
  const outputs = forwardNetwork(network, onnxInferenceOps(graph), parameter, normalised);
  return graph.build({ outputs: { chunk_logits: outputs.chunkLogits, frame_logits: outputs.frameLogits } });
}

interface LossGraph {
  readonly graph: GraphBuilder;
  readonly parameters: Value;
  readonly loss: Value;
  readonly gradient: Value;
}

function lossAndGradient(definition: TrainingDefinition): LossGraph {
  const { network, batchSize, windowFrames } = definition;
  const graph = new GraphBuilder('training');
  const tape = new Tape(graph);
  const parameters = graph.input('parameters', [parameterCountOf(network)]);
  const unpacked = unpackParameters(graph, network, parameters);
  const variables = new Map(
    parameterLayout(network).map(({ name, dims }) => [name, tape.parameter({ ...unpacked(name), shape: dims })] as const),
  );
  const features = tape.data(trainingFeatures(graph, definition));
  const outputs = forwardNetwork(
    network,
    tapeOps(tape, graph.input('dropout', [batchSize, 1, network.channels])),
    (name) => variables.get(name)!,
    features,
  );
  const labelled = (name: string, positions: number): Value => graph.input(name, [batchSize, positions, network.typeCount]);
  const chunks = chunkCountOf(network.grid, windowFrames);
  const chunkLoss = weightedBinaryCrossEntropy(
    tape,
    outputs.chunkLogits,
    labelled('chunk_labels', chunks),
    labelled('chunk_weights', chunks),
  );
  const frameLoss = weightedBinaryCrossEntropy(
    tape,
    outputs.frameLogits,
    labelled('frame_labels', windowFrames),
    labelled('frame_weights', windowFrames),
  );
  const loss = add(tape, chunkLoss, scale(tape, frameLoss, definition.frameLossWeight));
  const gradients = tape.gradients(loss, [...variables.values()]);
  const flat = parameterLayout(network).map(({ size }, i) => graph.reshape(gradients[i]!, [size]));
  return { graph, parameters, loss, gradient: concatVectors(graph, flat) };
}

function trainingFeatures(graph: GraphBuilder, definition: TrainingDefinition): Value & { shape: readonly number[] } {
  const { network, batchSize, windowFrames } = definition;
  const shape = [batchSize, windowFrames, network.featureCount];
  const perWindow = [batchSize, 1, network.featureCount];
  const augmented = augmentFeatures(graph, graph.input('features', shape), {
    gains: graph.input('gains', perWindow),
    noise: graph.input('noise', shape),
    floors: definition.featureFloors,
    amplitudes: definition.amplitudes,
  });
  const normalised = normaliseFeatures(graph, augmented, definition.normalisation);
  return { ...graph.node('Mul', [normalised, graph.input('mask', perWindow)], shape), shape };
}

/** One Slice per parameter: a Split with this many outputs exceeds WebGPU's buffers per shader. */
function unpackParameters(graph: GraphBuilder, network: TrainingDefinition['network'], flat: Value): (name: string) => Value {
  const slots = parameterLayout(network).map(({ name, dims, offset, size }) => {
    return [name, graph.reshape(graph.slice(flat, 0, offset, offset + size), dims)] as const;
  });
  const byName = new Map(slots);
  return (name) => {
    const value = byName.get(name);
    if (!value) throw new RangeError(`the network has no parameter ${name}`);
    return value;
  };
}

function tapeOps(tape: Tape, dropout: Value): NetworkOps<Variable> {
  return {
    conv1d: (x, weight, bias, options) => conv1d(tape, x, weight, bias, options),
    layerNorm: (x, gain, bias) => layerNorm(tape, x, gain, bias),
    relu: (x) => relu(tape, x),
    dropout: (x) => multiply(tape, x, dropout),
    add: (a, b) => add(tape, a, b),
    subtract: (a, b) => subtract(tape, a, b),
    absolute: (x) => absolute(tape, x),
    product: (a, b) => product(tape, a, b),
    quotient: (a, b) => quotient(tape, a, b),
    shift: (x, constant) => shift(tape, x, constant),
    logistic: (x) => logistic(tape, x),
    bandSum: (x, band) => bandSum(tape, x, band),
    concat: (parts) => concatChannels(tape, parts),
    chunkPool: (x, grid) => concatChannels(tape, [chunkMean(tape, x, grid), chunkMax(tape, x, grid)]),
    dense: (x, weight, bias) => dense(tape, x, weight, bias),
  };
}
