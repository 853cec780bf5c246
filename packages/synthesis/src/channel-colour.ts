import { canonicalSampleRateHz, dbToGain } from '@earmark/audio';
import type { Random } from '@earmark/audio';

/** How a recording chain colours a clip; everything left out changes nothing. */
export interface ChannelColour {
  readonly gainDb?: number;
  /** Treble against bass around 1 kHz, in dB; negative is darker. */
  readonly tiltDb?: number;
  /** Level of added white noise, RMS in dB relative to full scale. */
  readonly noiseDbfs?: number;
  /** Mains hum: its frequency (50 or 60) and RMS level of the fundamental. */
  readonly hum?: { readonly frequencyHz: number; readonly levelDbfs: number };
}

const tiltCentreHz = 1000;
/** Levels of the hum's harmonics against the fundamental. */
const humHarmonics = [1, 0.5, 0.35, 0.15] as const;

/** Gain, tilt, noise floor and hum over a clip, as a new one of the same length; not clipped. */
export function colourChannel(samples: Float32Array, colour: ChannelColour, random: Random): Float32Array {
  const { gainDb = 0, tiltDb = 0, noiseDbfs = -Infinity, hum } = colour;
  const out = tilted(samples, tiltDb, dbToGain(gainDb));
  const noise = dbToGain(noiseDbfs);
  if (noise > 0) for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + random.gaussian(0, noise);
  if (hum) addHum(out, hum.frequencyHz, dbToGain(hum.levelDbfs), random);
  return out;
}

/** A plausible recording chain: most are quiet, some hum. */
export function drawChannelColour(random: Random): ChannelColour {
  const hum = { frequencyHz: random.pick([50, 60]), levelDbfs: random.range(-75, -48) };
  const colour = { gainDb: random.range(-12, 4), tiltDb: random.range(-6, 6), noiseDbfs: random.range(-85, -48) };
  return random.chance(0.25) ? { ...colour, hum } : colour;
}

/** A one-pole split at 1 kHz, with half the tilt taken from one side and given to the other. */
function tilted(samples: Float32Array, tiltDb: number, gain: number): Float32Array {
  const smoothing = 1 - Math.exp((-2 * Math.PI * tiltCentreHz) / canonicalSampleRateHz);
  const bass = gain * dbToGain(-tiltDb / 2);
  const treble = gain * dbToGain(tiltDb / 2);
  let low = 0;
  return samples.map((sample) => {
    low += smoothing * (sample - low);
    return tiltDb === 0 ? gain * sample : bass * low + treble * (sample - low);
  });
}

function addHum(samples: Float32Array, frequencyHz: number, level: number, random: Random): void {
  humHarmonics.forEach((share, index) => {
    const turns = (2 * Math.PI * frequencyHz * (index + 1)) / canonicalSampleRateHz;
    const phase = random.range(0, 2 * Math.PI);
    for (let i = 0; i < samples.length; i++) {
      samples[i] = (samples[i] as number) + Math.SQRT2 * level * share * Math.sin(turns * i + phase);
    }
  });
}
