import { createRandom, type Random } from '@earmark/audio';
import type { NetworkSpec } from './network-spec.js';

/** One parameter's place in the flat vector. */
export interface ParameterSlot {
  readonly name: string;
  readonly dims: readonly number[];
  readonly offset: number;
  readonly size: number;
  /** Standard deviation of the initial values; 0 with a `start` other than 0 means constant. */
  readonly deviation: number;
  readonly start: number;
}

/** Artifacts are rare: the first guess of every logit. */
const INITIAL_LOGIT = -2;
/** Heads start with small weights, so that first guesses are all alike. */
const HEAD_SCALE = 0.3;

/** All parameters of a network in the order of the flat vector. */
export function parameterLayout(spec: NetworkSpec): readonly ParameterSlot[] {
  const slots: ParameterSlot[] = [];
  let offset = 0;
  const slot = (name: string, dims: readonly number[], deviation: number, start = 0): void => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    slots.push({ name, dims, offset, size, deviation, start });
    offset += size;
  };
  const dense = (name: string, [fanIn, count]: readonly [number, number], deviation: number, start = 0): void => {
    slot(`${name}.weight`, [fanIn, count], deviation);
    slot(`${name}.bias`, [count], 0, start);
  };
  const block = (name: string, fanIn: number, channels = spec.channels): void => {
    dense(name, [fanIn, channels], Math.sqrt(2 / fanIn));
    slot(`${name}.norm.gain`, [channels], 0, 1);
    slot(`${name}.norm.bias`, [channels], 0);
  };
  const head = (name: string, fanIn: number, start = INITIAL_LOGIT): void =>
    dense(name, [fanIn, spec.typeCount], HEAD_SCALE * Math.sqrt(2 / fanIn), start);
  block('stem', spec.stemKernel * spec.featureCount);
  for (const i of spec.dilations.keys()) block(`residual${i}`, spec.residualKernel * spec.channels);
  head('frame', spec.channels);
  const pooled = 2 * spec.channels;
  head('chunk', pooled);
  if (spec.contrast) {
    const { size, hidden } = spec.contrast;
    dense('embed', [pooled, size], Math.sqrt(1 / pooled));
    dense('gate', [pooled, 1], HEAD_SCALE * Math.sqrt(1 / pooled));
    block('mix', pooled + 2 * size, hidden);
    head('mixed', hidden, 0);
  }
  return slots;
}

/** Length of the flat parameter vector. */
export function parameterCountOf(spec: NetworkSpec): number {
  return parameterLayout(spec).reduce((sum, slot) => sum + slot.size, 0);
}

/** He-initialised parameters (arXiv:1502.01852); the same seed gives the same values on every machine. */
export function initialParameters(spec: NetworkSpec, seed: number | string): Float32Array {
  const random = createRandom(`initial parameters ${seed}`);
  const parameters = new Float32Array(parameterCountOf(spec));
  for (const slot of parameterLayout(spec)) fillSlot(parameters, slot, random);
  return parameters;
}

function fillSlot(parameters: Float32Array, { offset, size, deviation, start }: ParameterSlot, random: Random): void {
  for (let i = offset; i < offset + size; i++) parameters[i] = deviation === 0 ? start : random.gaussian(start, deviation);
}
