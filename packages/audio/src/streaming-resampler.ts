import { PolyphaseStage } from './polyphase-stage.js';

/** Rates of a resampler, whole Hz, 1 to 1,000,000. */
export interface ResamplerRates {
  readonly fromHz: number;
  readonly toHz: number;
}

/** Flat up to this share of the lower Nyquist frequency, at least 70 dB down from that frequency on. */
const passShare = 0.875;
const attenuationDb = 75;
/** A plain decimation comes first as long as this many times the target rate is left for the sharp filter. */
const keptRateFactor = 1.3;
const flushSamples = 4096;
/** Reaches past the ringing of the decimation filter before time zero: 14 to 20 of its outputs for any rates. */
const leadOutputs = 24;

/**
 * Streaming sample-rate conversion by Kaiser-windowed sinc, mono, without delay.
 *
 * Sample k of the output stands at time k / toHz of the input. The output is the same to the last bit however the
 * input is cut, and has round(n * toHz / fromHz) samples in total. Beyond both ends the input counts as silence.
 * @throws RangeError on rates that are not whole numbers from 1 to 1,000,000
 */
export class StreamingResampler {
  private readonly rates: ResamplerRates;
  private readonly stages: readonly PolyphaseStage[];
  private received = 0;
  private emitted = 0;
  private flushed = false;

  constructor(rates: ResamplerRates) {
    for (const rate of [rates.fromHz, rates.toHz]) {
      if (!Number.isInteger(rate) || rate < 1 || rate > 1_000_000) throw new RangeError(`sample rate ${rate} Hz is not usable`);
    }
    this.rates = { ...rates };
    this.stages = stagesFor(rates);
  }

  /** Takes samples [n] and returns those output samples that are complete; a fresh array each time. */
  push(samples: Float32Array): Float32Array {
    if (this.flushed) throw new Error('push after flush');
    this.received += samples.length;
    return this.take(samples);
  }

  /** Ends the input and returns the rest of the output. */
  flush(): Float32Array {
    if (this.flushed) return new Float32Array(0);
    this.flushed = true;
    const total = Math.round((this.received * this.rates.toHz) / this.rates.fromHz);
    const rest = new Float32Array(Math.max(0, total - this.emitted));
    const silence = new Float32Array(flushSamples);
    for (let at = 0; at < rest.length;) {
      const made = this.take(silence).subarray(0, rest.length - at);
      rest.set(made, at);
      at += made.length;
    }
    return rest;
  }

  private take(samples: Float32Array): Float32Array {
    let signal: Float32Array | Float64Array = samples;
    for (const stage of this.stages) signal = stage.push(signal);
    this.emitted += signal.length;
    return new Float32Array(signal);
  }
}

/** Resamples a whole signal [n] to [round(n * toHz / fromHz)] at once. */
export function resample(samples: Float32Array, rates: ResamplerRates): Float32Array {
  const resampler = new StreamingResampler(rates);
  const head = resampler.push(samples);
  const tail = resampler.flush();
  const out = new Float32Array(head.length + tail.length);
  out.set(head);
  out.set(tail, head.length);
  return out;
}

/**
 * No stage for equal rates; one for modest ratios; for larger ones a cheap integer decimation and then the sharp filter.
 * The decimation may let through what folds above the target's Nyquist frequency: the sharp filter removes it.
 */
function stagesFor({ fromHz, toHz }: ResamplerRates): PolyphaseStage[] {
  if (fromHz === toHz) return [];
  const nyquistHz = Math.min(fromHz, toHz) / 2;
  const passHz = passShare * nyquistHz;
  const decimation = Math.max(1, Math.floor(fromHz / (keptRateFactor * toHz)));
  const middleHz = fromHz / decimation;
  const divisor = gcd(toHz * decimation, fromHz);
  const up = (toHz * decimation) / divisor;
  const down = fromHz / divisor;
  const sharp = { fromHz: middleHz, up, down, passHz, stopHz: nyquistHz, attenuationDb };
  if (decimation === 1) return [new PolyphaseStage(sharp)];
  const stopHz = middleHz - nyquistHz;
  return [
    new PolyphaseStage({ fromHz, up: 1, down: decimation, passHz, stopHz, attenuationDb, leadOutputs }),
    new PolyphaseStage({ ...sharp, leadInputs: leadOutputs }),
  ];
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
