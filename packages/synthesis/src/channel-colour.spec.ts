import { describe, expect, it } from '@jest/globals';
import { createRandom, gainToDb, rms } from '@earmark/audio';
import { colourChannel, drawChannelColour } from './channel-colour.js';

const tone = (frequencyHz: number): Float32Array =>
  Float32Array.from({ length: 16_000 }, (_, i) => 0.1 * Math.sin((2 * Math.PI * frequencyHz * i) / 16_000));
const levelDb = (samples: Float32Array): number => gainToDb(rms(samples, 4000));

/** Level of one frequency in a signal, by its Fourier coefficient over whole periods. */
function levelAt(frequencyHz: number, samples: Float32Array): number {
  let [real, imaginary] = [0, 0];
  samples.forEach((sample, i) => {
    real += sample * Math.cos((2 * Math.PI * frequencyHz * i) / 16_000);
    imaginary += sample * Math.sin((2 * Math.PI * frequencyHz * i) / 16_000);
  });
  return gainToDb((Math.SQRT2 * Math.hypot(real, imaginary)) / samples.length);
}

describe('colourChannel', () => {
  const random = () => createRandom(1);
  const silence = new Float32Array(16_000);

  it('changes nothing unasked, and never its input', () => {
    const input = tone(440);
    const out = colourChannel(input, {}, random());
    expect(out).toEqual(input);
    expect(out).not.toBe(input);
  });

  it('turns the gain', () => {
    expect(levelDb(colourChannel(tone(440), { gainDb: -6 }, random())) - levelDb(tone(440))).toBeCloseTo(-6, 3);
  });

  it('tilts bass against treble', () => {
    const change = (frequencyHz: number): number =>
      levelDb(colourChannel(tone(frequencyHz), { tiltDb: 8 }, random())) - levelDb(tone(frequencyHz));
    expect(change(60)).toBeCloseTo(-4, 0);
    // A one-pole split lets some of the bass gain through at the top.
    expect(change(7000)).toBeGreaterThan(2.5);
    expect(change(7000)).toBeLessThan(4);
  });

  it('adds noise and hum at the asked levels', () => {
    expect(levelDb(colourChannel(silence, { noiseDbfs: -50 }, random()))).toBeCloseTo(-50, 0);
    const hum = colourChannel(silence, { hum: { frequencyHz: 50, levelDbfs: -40 } }, random());
    expect(levelAt(50, hum)).toBeCloseTo(-40, 1);
    expect(levelAt(100, hum)).toBeCloseTo(-46, 1);
    expect(levelAt(75, hum)).toBeLessThan(-100);
  });

  it('repeats itself for a seed', () => {
    const draw = () => {
      const source = createRandom('channel');
      const colour = drawChannelColour(source);
      return { colour, out: colourChannel(tone(300), colour, source) };
    };
    expect(draw()).toEqual(draw());
    const source = createRandom(2);
    const drawn = Array.from({ length: 200 }, () => drawChannelColour(source));
    const humming = drawn.filter((colour) => colour.hum).length;
    expect(humming).toBeGreaterThan(20);
    expect(humming).toBeLessThan(90);
  });
});
