/** One resolution of a waveform's outline. */
export interface PeakLevel {
  readonly samplesPerPeak: number;
  /** [2 x peaks]: minimum and maximum of each block, -32768 to 32767, rounded outwards. */
  readonly minMax: Int16Array;
}

/** Blocks of the finest level, and how many blocks of one level make one of the next coarser. */
export interface PeakOptions {
  readonly samplesPerPeak: number;
  /** Levels in the pyramid, finest first; default 1. */
  readonly levels?: number;
  /** Default 4. */
  readonly factor?: number;
}

/**
 * Minimum and maximum of every block of samples, as a pyramid, while the samples stream by.
 * Rounds outwards, so that a single-sample click is never lost.
 */
export class PeakAccumulator {
  private readonly samplesPerPeak: number;
  private readonly levels: number;
  private readonly factor: number;
  private pairs = new Int16Array(2048);
  private filled = 0;
  private min = Infinity;
  private max = -Infinity;
  private inBlock = 0;

  /** @throws RangeError on options that are not whole positive numbers (factor from 2) */
  constructor({ samplesPerPeak, levels = 1, factor = 4 }: PeakOptions) {
    const usable = [samplesPerPeak, levels, factor].every(Number.isInteger) && samplesPerPeak >= 1 && levels >= 1 && factor >= 2;
    if (!usable) throw new RangeError('peak options must be whole positive numbers');
    this.samplesPerPeak = samplesPerPeak;
    this.levels = levels;
    this.factor = factor;
  }

  push(samples: Float32Array): void {
    for (const sample of samples) {
      if (sample < this.min) this.min = sample;
      if (sample > this.max) this.max = sample;
      this.inBlock += 1;
      if (this.inBlock === this.samplesPerPeak) this.closeBlock();
    }
  }

  /** Closes a last partial block and returns the pyramid, finest level first. */
  finish(): PeakLevel[] {
    if (this.inBlock > 0) this.closeBlock();
    const pyramid: PeakLevel[] = [{ samplesPerPeak: this.samplesPerPeak, minMax: this.pairs.slice(0, this.filled) }];
    for (let finest = pyramid[0]; finest && pyramid.length < this.levels; finest = pyramid.at(-1)) {
      pyramid.push(coarser(finest, this.factor));
    }
    return pyramid;
  }

  private closeBlock(): void {
    if (this.filled === this.pairs.length) {
      const larger = new Int16Array(2 * this.pairs.length);
      larger.set(this.pairs);
      this.pairs = larger;
    }
    this.pairs[this.filled++] = toInt16(Math.floor(finiteOrZero(this.min) * 32_768));
    this.pairs[this.filled++] = toInt16(Math.ceil(finiteOrZero(this.max) * 32_768));
    this.min = Infinity;
    this.max = -Infinity;
    this.inBlock = 0;
  }
}

function coarser({ samplesPerPeak, minMax }: PeakLevel, factor: number): PeakLevel {
  const peaks = Math.ceil(minMax.length / 2 / factor);
  const out = new Int16Array(2 * peaks);
  for (let i = 0; i < peaks; i++) {
    let min = 32_767;
    let max = -32_768;
    for (let at = 2 * i * factor; at < Math.min(minMax.length, 2 * (i + 1) * factor); at += 2) {
      min = Math.min(min, minMax[at] as number);
      max = Math.max(max, minMax[at + 1] as number);
    }
    out[2 * i] = min;
    out[2 * i + 1] = max;
  }
  return { samplesPerPeak: samplesPerPeak * factor, minMax: out };
}

/** A block of nothing but NaN leaves the infinities it began with. */
function finiteOrZero(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function toInt16(value: number): number {
  return Math.max(-32_768, Math.min(32_767, value));
}
