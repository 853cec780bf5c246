import { rms } from '@earmark/audio';
import type { Random } from '@earmark/audio';
import { samplesPerMs } from './samples.js';

const frameSamples = 10 * samplesPerMs;
const grainFrames = 3;
/** Half a sine: two of these, overlapping by half, add up to constant power. */
const grainWindow = Float32Array.from({ length: grainFrames * frameSamples }, (_, i) =>
  Math.sin((Math.PI * (i + 0.5)) / (grainFrames * frameSamples)),
);
/** Digital silence has no level of its own; this one stands in for it where a loudness is needed. */
const fallbackRms = 0.02;

/** What the synthesiser needs to know about a clip: where it speaks, how loud, and how its background sounds. */
export class ClipProfile {
  /** Level of the background, linear. */
  readonly floorRms: number;
  /** Level of the speech, linear, above 0. */
  readonly speechRms: number;
  private readonly clean: Float32Array;
  private readonly frameRms: Float64Array;
  private readonly speechThreshold: number;
  private readonly quietGrains: readonly number[];

  constructor(clean: Float32Array) {
    this.clean = clean;
    const frames = Math.floor(clean.length / frameSamples);
    this.frameRms = Float64Array.from({ length: frames }, (_, f) => rms(clean, f * frameSamples, (f + 1) * frameSamples));
    const sorted = this.frameRms.slice().sort();
    const loud = sorted[Math.floor(0.95 * frames)] ?? 0;
    this.floorRms = sorted[Math.floor(0.05 * frames)] ?? 0;
    this.speechThreshold = Math.max(2 * this.floorRms, 0.1 * loud);
    const speech = sorted.filter((level) => level > this.speechThreshold);
    this.speechRms = Math.sqrt(speech.reduce((sum, level) => sum + level * level, 0) / Math.max(1, speech.length)) || fallbackRms;
    this.quietGrains = quietest(this.frameRms);
  }

  /** True when at least `share` of the 10 ms frames of a stretch are speech. */
  isSpeech(startSample: number, lengthSamples: number, share = 0.6): boolean {
    const first = Math.floor(startSample / frameSamples);
    const levels = this.frameRms.subarray(first, Math.max(first + 1, Math.ceil((startSample + lengthSamples) / frameSamples)));
    return levels.filter((level) => level > this.speechThreshold).length >= share * Math.max(1, levels.length);
  }

  /** The start of the quietest 10 ms frame within `reachMs` around a sample. */
  quietestNear(sample: number, reachMs: number): number {
    const centre = Math.floor(sample / frameSamples);
    const reach = Math.floor(reachMs / 10);
    let best = Math.max(0, Math.min(this.frameRms.length - 1, centre));
    for (let f = Math.max(0, centre - reach); f <= Math.min(this.frameRms.length - 1, centre + reach); f++) {
      if ((this.frameRms[f] as number) < (this.frameRms[best] as number)) best = f;
    }
    return best * frameSamples;
  }

  /** New background of the clip's own colour: its quietest moments, cut to 30 ms grains, shuffled and overlapped at constant power. */
  backgroundNoise(lengthSamples: number, random: Random): Float32Array {
    const grain = grainWindow.length;
    const hop = grain / 2;
    const out = new Float32Array(lengthSamples);
    if (this.quietGrains.length === 0) return out;
    for (let at = -hop; at < lengthSamples; at += hop) {
      const source = random.pick(this.quietGrains) * frameSamples;
      const level = rms(this.clean, source, source + grain);
      // A grain that caught the edge of a word is turned down to the background.
      const gain = level > this.floorRms ? this.floorRms / level : 1;
      for (let i = Math.max(0, -at); i < grain && at + i < lengthSamples; i++) {
        out[at + i] = (out[at + i] as number) + gain * (grainWindow[i] as number) * (this.clean[source + i] as number);
      }
    }
    return out;
  }
}

/** First frames of the quietest grains: the best twentieth, at least eight where there are as many. */
function quietest(frameRms: Float64Array): number[] {
  const ranked = Array.from({ length: Math.max(0, frameRms.length - grainFrames + 1) }, (_, start) => {
    let level = 0;
    for (let frame = start; frame < start + grainFrames; frame++) level = Math.max(level, frameRms[frame] as number);
    return { start, level };
  }).sort((a, b) => a.level - b.level || a.start - b.start);
  return ranked.slice(0, Math.max(8, Math.ceil(ranked.length / 20))).map(({ start }) => start);
}
