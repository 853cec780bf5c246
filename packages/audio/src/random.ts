/** A snapshot of a random source: four unsigned 32-bit words. */
export type RandomState = readonly [number, number, number, number];

/** A seeded, reproducible source of randomness; the same seed gives the same sequence on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform in [low, high). */
  range(low: number, high: number): number;
  /** Uniform whole number in [low, high), `high` above `low`. */
  int(low: number, high: number): number;
  /** One of the items. @throws RangeError when there are none */
  pick<T>(items: readonly T[]): T;
  /** True with this probability, 0-1. */
  chance(probability: number): boolean;
  /** Normal distribution, default mean 0 and deviation 1 (Box-Muller). */
  gaussian(mean?: number, deviation?: number): number;
  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** A new independent source named by a label; does not advance this one. */
  fork(label: string): Random;
  save(): RandomState;
  restore(state: RandomState): void;
}

/**
 * Makes a random source (sfc32 of Chris Doty-Humphrey's PractRand, seeded by hashing).
 * @param seed any number or text; numbers and texts give different sequences
 */
export function createRandom(seed: number | string): Random {
  return new Sfc32(stateFrom(typeof seed === 'number' ? `n:${seed}` : `s:${seed}`));
}

class Sfc32 implements Random {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;

  constructor([a, b, c, counter]: RandomState) {
    [this.a, this.b, this.c, this.counter] = [a, b, c, counter];
  }

  uniform(): number {
    return this.next32() / 2 ** 32;
  }

  range(low: number, high: number): number {
    return low + this.uniform() * (high - low);
  }

  int(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low));
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[this.int(0, items.length)] as T;
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  gaussian(mean = 0, deviation = 1): number {
    // 1 - u avoids the logarithm of zero; the second value of the pair is not kept, so that save() needs no more than the words.
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  shuffle<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(0, i + 1);
      [out[i], out[j]] = [out[j] as T, out[i] as T];
    }
    return out;
  }

  fork(label: string): Random {
    return new Sfc32(stateFrom(`f:${this.save().join(',')}:${label}`));
  }

  save(): RandomState {
    return [this.a, this.b, this.c, this.counter].map((word) => word >>> 0) as [number, number, number, number];
  }

  restore(state: RandomState): void {
    [this.a, this.b, this.c, this.counter] = state;
  }

  private next32(): number {
    const out = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + out;
    this.c |= 0;
    return out >>> 0;
  }
}

/** Four words from a text: FNV-1a over its UTF-16 units, spread by splitmix32. */
function stateFrom(text: string): RandomState {
  let hash = 0x811c9dc5;
  let other = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    other = Math.imul(other ^ text.charCodeAt(i), 0x5bd1e995) ^ (other >>> 15);
  }
  const first = splitmix32(hash);
  const second = splitmix32(other);
  return [first(), second(), first(), 1 + (second() & 0xff)];
}

function splitmix32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}
