import { kaiserBeta, kaiserLength, windowedSinc } from './kaiser.js';

/** One rate change by up/down with a low-pass filter; frequencies share the unit of `fromHz`. */
export interface StageSpec {
  readonly fromHz: number;
  readonly up: number;
  readonly down: number;
  readonly passHz: number;
  readonly stopHz: number;
  readonly attenuationDb: number;
  /** How many outputs before time zero to make, so that a following stage sees this one's ringing; default 0. */
  readonly leadOutputs?: number;
  /** How many samples before time zero the input begins (the leadOutputs of the stage before); default 0. */
  readonly leadInputs?: number;
}

/** Above this many phases two neighbouring rows are blended: the error is below -110 dB and the table stays small. */
const maxExactPhases = 1024;

/**
 * A streaming polyphase FIR filter with zero delay: output k is the filtered input at time k * down / up.
 * Every output is summed in one fixed order, so the result does not depend on how the input is cut.
 */
export class PolyphaseStage {
  private readonly up: number;
  private readonly down: number;
  private readonly halfTaps: number;
  private readonly taps: number;
  private readonly blended: boolean;
  /** [rows x taps], row r holds the filter for the fractional position r / phases. */
  private readonly table: Float64Array;
  private input: Float64Array;
  private inputLength: number;
  private inputStart: number;
  private nextOutput: number;

  constructor(spec: StageSpec) {
    this.up = spec.up;
    this.down = spec.down;
    const length = kaiserLength(spec.attenuationDb, (spec.stopHz - spec.passHz) / spec.fromHz);
    this.halfTaps = Math.max(2, Math.ceil(length / 2));
    this.taps = 2 * this.halfTaps;
    this.blended = spec.up > maxExactPhases;
    this.table = phaseTable(spec, this.halfTaps, this.blended ? maxExactPhases : spec.up);
    this.nextOutput = -(spec.leadOutputs ?? 0);
    const inputBegins = -(spec.leadInputs ?? 0);
    this.inputStart = Math.min(inputBegins, this.firstInput(this.nextOutput));
    this.inputLength = inputBegins - this.inputStart;
    this.input = new Float64Array(this.inputLength + 4096);
  }

  /** Takes samples and returns every output that they complete. */
  push(samples: Float32Array | Float64Array): Float64Array {
    this.append(samples);
    const out = new Float64Array(this.completeOutputs());
    if (this.blended) this.blendInto(out);
    else this.filterInto(out);
    this.nextOutput += out.length;
    return out;
  }

  private append(samples: Float32Array | Float64Array): void {
    const drop = Math.max(0, Math.min(this.inputLength, this.firstInput(this.nextOutput) - this.inputStart));
    const kept = this.inputLength - drop;
    if (kept + samples.length > this.input.length) {
      const larger = new Float64Array(2 * (kept + samples.length));
      larger.set(this.input.subarray(drop, this.inputLength));
      this.input = larger;
    } else this.input.copyWithin(0, drop, this.inputLength);
    this.input.set(samples, kept);
    this.inputStart += drop;
    this.inputLength = kept + samples.length;
  }

  private phaseOf(output: number): number {
    const remainder = (output * this.down) % this.up;
    return remainder < 0 ? remainder + this.up : remainder;
  }

  /** Index of the first input sample that an output looks at. */
  private firstInput(output: number): number {
    return (output * this.down - this.phaseOf(output)) / this.up - this.halfTaps + 1;
  }

  private completeOutputs(): number {
    const lastBase = this.inputStart + this.inputLength - 1 - this.halfTaps;
    // The largest k with floor(k * down / up) <= lastBase.
    const end = Math.ceil(((lastBase + 1) * this.up) / this.down);
    return Math.max(0, end - this.nextOutput);
  }

  private filterInto(out: Float64Array): void {
    const { input, table, taps, up, down } = this;
    const blockOutputs = 4 * up;
    const blocked = out.length - (out.length % blockOutputs);
    let phase = this.phaseOf(this.nextOutput);
    let at = this.firstInput(this.nextOutput) - this.inputStart;
    let i = 0;
    // Within a block each phase serves four outputs, `down` inputs and `up` outputs apart.
    while (i < blocked) {
      for (const end = i + up; i < end; i++) {
        filterFour(input, at, down, table, phase * taps, taps, out, i, up);
        phase += down;
        while (phase >= up) {
          phase -= up;
          at += 1;
        }
      }
      i += blockOutputs - up;
      at += 3 * down;
    }
    for (; i < out.length; i++) {
      const output = this.nextOutput + i;
      out[i] = dot(input, this.firstInput(output) - this.inputStart, table, this.phaseOf(output) * taps, taps);
    }
  }

  private blendInto(out: Float64Array): void {
    for (let i = 0; i < out.length; i++) {
      const output = this.nextOutput + i;
      const at = this.firstInput(output) - this.inputStart;
      const position = (this.phaseOf(output) / this.up) * maxExactPhases;
      const row = Math.floor(position);
      const low = dot(this.input, at, this.table, row * this.taps, this.taps);
      const high = dot(this.input, at, this.table, (row + 1) * this.taps, this.taps);
      out[i] = low + (position - row) * (high - low);
    }
  }
}

/** Rows 0..phases (the last one belongs to the position one whole sample later), each summing to 1. */
function phaseTable(spec: StageSpec, halfTaps: number, phases: number): Float64Array {
  const taps = 2 * halfTaps;
  const cutoff = (spec.passHz + spec.stopHz) / 2 / spec.fromHz;
  const response = windowedSinc(cutoff, halfTaps, kaiserBeta(spec.attenuationDb));
  const table = new Float64Array((phases + 1) * taps);
  for (let row = 0; row <= phases; row++) {
    const values = table.subarray(row * taps, (row + 1) * taps);
    for (let tap = 0; tap < taps; tap++) values[tap] = response(tap - halfTaps + 1 - row / phases);
    const sum = values.reduce((total, value) => total + value, 0);
    for (let tap = 0; tap < taps; tap++) values[tap] = (values[tap] as number) / sum;
  }
  return table;
}

function dot(input: Float64Array, at: number, table: Float64Array, row: number, taps: number): number {
  let sum = 0;
  for (let tap = 0; tap < taps; tap++) sum += (input[at + tap] as number) * (table[row + tap] as number);
  return sum;
}

/** Four outputs of the same phase at once: each coefficient is loaded once, and the four sums run side by side. */
function filterFour(
  input: Float64Array,
  at: number,
  step: number,
  table: Float64Array,
  row: number,
  taps: number,
  out: Float64Array,
  to: number,
  stride: number,
): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let tap = 0, p = at, q = at + step, r = q + step, s = r + step; tap < taps; tap++, p++, q++, r++, s++) {
    const weight = table[row + tap] as number;
    a += (input[p] as number) * weight;
    b += (input[q] as number) * weight;
    c += (input[r] as number) * weight;
    d += (input[s] as number) * weight;
  }
  out[to] = a;
  out[to + stride] = b;
  out[to + 2 * stride] = c;
  out[to + 3 * stride] = d;
}
