import { describe, expect, it } from '@jest/globals';
import { gainToDb, peak, rms } from '@earmark/audio';
import fc from 'fast-check';
import { artifactKinds, kindsNamed, synthesize } from '@earmark/synthesis';
import type { SynthesizedClip, SynthesizedEvent } from '@earmark/synthesis';
import { speechLike } from './speech-like.js';

const clean = speechLike(12);
const bank = [speechLike(8, 'other'), speechLike(8, 'third')];
const names = artifactKinds.map(({ kind }) => kind);
const inserts = new Set(artifactKinds.filter((kind) => kind.inserts).map(({ kind }) => kind));

const sameSamples = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

const piece = ({ samples }: SynthesizedClip, { startMs, endMs }: SynthesizedEvent): Float32Array =>
  samples.subarray(16 * startMs, 16 * endMs);

/** For each event the clean samples at its place (none for inserted ones); fails unless all other samples are the clean ones. */
function walk(original: Float32Array, clip: SynthesizedClip): Float32Array[] {
  let read = 0;
  let written = 0;
  const beneath = clip.events.map((event) => {
    const start = 16 * event.startMs;
    const untouched = start - written;
    expect(sameSamples(clip.samples.subarray(written, start), original.subarray(read, read + untouched))).toBe(true);
    read += untouched;
    written = 16 * event.endMs;
    const replaced = inserts.has(event.kind) ? 0 : written - start;
    read += replaced;
    return original.subarray(read - replaced, read);
  });
  expect(sameSamples(clip.samples.subarray(written), original.subarray(read))).toBe(true);
  return beneath;
}

describe('synthesize', () => {
  it('changes nothing outside the events, which stand on whole milliseconds, in order and apart', () => {
    const anyKinds = fc.subarray(names, { minLength: 1 });
    fc.assert(
      fc.property(fc.integer(), anyKinds, fc.integer({ min: 1, max: 60 }), (seed, kinds, densityPerMinute) => {
        const clip = synthesize(clean, { seed, kinds, densityPerMinute, bank });
        walk(clean, clip);
        clip.events.forEach((event, index) => {
          const kind = artifactKinds.find((known) => known.kind === event.kind);
          expect(kinds).toContain(event.kind);
          expect(event.artifactType).toBe(kind?.artifactType);
          expect(Number.isInteger(event.startMs) && Number.isInteger(event.endMs)).toBe(true);
          expect(event.endMs - event.startMs).toBeGreaterThanOrEqual(kind?.minLengthMs ?? Infinity);
          expect(event.endMs - event.startMs).toBeLessThanOrEqual(kind?.maxLengthMs ?? 0);
          expect(event.startMs - (clip.events[index - 1]?.endMs ?? 0)).toBeGreaterThanOrEqual(800);
        });
        expect(peak(clip.samples)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 30 },
    );
  });

  it('repeats itself for a seed, and differs for another', () => {
    const options = { seed: 'a', densityPerMinute: 20, bank };
    const first = synthesize(clean, options);
    const again = synthesize(Float32Array.from(clean), options);
    expect(again.events).toEqual(first.events);
    expect(sameSamples(again.samples, first.samples)).toBe(true);
    expect(synthesize(clean, { ...options, seed: 'b' }).events).not.toEqual(first.events);
  });

  it('leaves its input alone', () => {
    const copy = Float32Array.from(clean);
    const bankCopy = bank.map((speech) => Float32Array.from(speech));
    synthesize(clean, { seed: 5, densityPerMinute: 40, bank });
    expect(sameSamples(clean, copy)).toBe(true);
    bank.forEach((speech, i) => expect(sameSamples(speech, bankCopy[i] as Float32Array)).toBe(true));
  });

  it('reaches its density on average, and a count exactly', () => {
    const counts = Array.from(
      { length: 60 },
      (_, seed) => synthesize(clean, { seed, kinds: ['click'], densityPerMinute: 7 }).events.length,
    );
    expect(Math.abs(counts.reduce((sum, count) => sum + count, 0) / 60 - 7 / 5)).toBeLessThan(0.25);
    expect(synthesize(clean, { seed: 1, kinds: ['glitch'], count: 4 }).events).toHaveLength(4);
    expect(synthesize(clean, { seed: 1, count: 0 }).samples).toEqual(clean);
  });

  it('uses every family evenly and needs a bank only for foreign speech', () => {
    const events = Array.from({ length: 60 }, (_, seed) => synthesize(clean, { seed, count: 3 }).events).flat();
    const share = (type: string): number => events.filter((event) => event.artifactType === type).length / events.length;
    for (const type of ['glitch', 'long_pause', 'echo', 'hallucination']) expect(share(type)).toBeGreaterThan(0.12);
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(names.filter((name) => name !== 'foreign_speech')));
  });

  it('has nowhere to put anything in a clip that is empty or too short, and makes do with silence', () => {
    expect(synthesize(new Float32Array(0), { seed: 1, count: 3 })).toEqual({
      samples: new Float32Array(0),
      events: [],
      existing: [],
    });
    expect(synthesize(speechLike(1), { seed: 1, count: 3 }).events).toEqual([]);
    const silent = synthesize(new Float32Array(160_000), { seed: 1, count: 3, kinds: ['click', 'dropout', 'long_pause'] });
    expect(silent.events.length).toBeGreaterThan(0);
    expect(silent.events.map(({ kind }) => kind)).not.toContain('dropout');
  });

  it('refuses unknown names, and foreign speech without a bank', () => {
    expect(() => synthesize(clean, { seed: 1, kinds: ['click', 'buzz'] })).toThrow('called buzz');
    expect(() => synthesize(clean, { seed: 1, kinds: ['foreign_speech'] })).toThrow('bank');
  });
});

describe.each(artifactKinds.map((kind) => [kind.kind, kind] as const))('%s', (name, kind) => {
  const clips = Array.from({ length: 6 }, (_, seed) => synthesize(clean, { seed, kinds: [name], count: 2, bank }));
  const made = clips.flatMap((clip) => {
    const beneath = walk(clean, clip);
    return clip.events.map((event, i) => ({
      event,
      before: clip.samples.subarray(0, 16 * event.startMs),
      now: piece(clip, event),
      was: beneath[i] as Float32Array,
    }));
  });

  it('finds a place', () => expect(made.length).toBeGreaterThan(7));

  if (!kind.inserts) {
    it('is heard from its first to its last moment: 5 ms at each end differ from the clean audio', () => {
      for (const { now, was } of made) {
        const difference = now.map((sample, i) => sample - (was[i] as number));
        expect(rms(difference, 0, 80)).toBeGreaterThan(0);
        expect(rms(difference, difference.length - 80)).toBeGreaterThan(0);
      }
    });
  }
});

describe('what the artifacts sound like', () => {
  const one = (kind: string, options: { levelDb?: { min: number; max: number } } = {}) => {
    const clip = synthesize(clean, { seed: 9, kinds: [kind], count: 1, bank, ...options });
    const event = clip.events[0] as SynthesizedEvent;
    return { clip, event, now: piece(clip, event), was: walk(clean, clip)[0] as Float32Array };
  };

  it('a louder level makes a louder artifact, by as many dB', () => {
    for (const kind of ['click', 'pop', 'noise_burst', 'delay_taps', 'reverb']) {
      const [quiet, loud] = [-20, -10].map((db) => {
        const { now, was } = one(kind, { levelDb: { min: db, max: db } });
        return gainToDb(rms(now.map((sample, i) => sample - (was[i] as number))));
      });
      expect((loud ?? 0) - (quiet ?? 0)).toBeCloseTo(10, 1);
    }
  });

  it('a dropout is at least 30 dB down', () => {
    const { now, was } = one('dropout');
    expect(rms(now)).toBeLessThan(rms(was) * 0.03);
  });

  it('a clipped stretch sits at its ceiling for much of the time', () => {
    const { now } = one('clip');
    const ceiling = now.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(now.filter((sample) => Math.abs(sample) > 0.999 * ceiling).length / now.length).toBeGreaterThan(0.2);
  });

  it('a stutter repeats the last moments exactly', () => {
    const { clip, event, now } = one('stutter');
    const start = 16 * event.startMs;
    const periods = [now.length, Math.ceil(now.length / 2)];
    expect(periods.some((period) => now.every((sample, i) => sample === clip.samples[start - period + (i % period)]))).toBe(true);
  });

  it('a long pause is as loud as the background and no silence', () => {
    const { now } = one('inserted_pause');
    expect(Math.abs(gainToDb(rms(now) / 0.001))).toBeLessThan(3);
    for (let at = 0; at + 480 <= now.length; at += 480) expect(rms(now, at, at + 480)).toBeGreaterThan(2e-4);
  });

  it('a repeated segment says what was just said', () => {
    const { clip, event, now } = one('repeated_segment');
    const said = clip.samples.subarray(16 * event.startMs - now.length, 16 * event.startMs);
    expect(sameSamples(now.subarray(80, -80), said.subarray(80, -80))).toBe(true);
  });

  it('foreign speech is in the bank, reversed speech in the clip backwards', () => {
    const correlates = (found: Float32Array, source: Float32Array): boolean => {
      // Normalised correlation of a 20 ms probe at every place: 1 where it came from.
      const probe = found.subarray(3200, 3520);
      const energy = rms(probe);
      for (let at = 0; at + 320 <= source.length; at++) {
        let product = 0;
        for (let i = 0; i < 320; i++) product += (probe[i] as number) * (source[at + i] as number);
        if (product / 320 > 0.999 * energy * rms(source, at, at + 320) && product > 0) return true;
      }
      return false;
    };
    const foreign = one('foreign_speech').now;
    expect(bank.some((speech) => correlates(foreign, speech))).toBe(true);
    expect(correlates(foreign, clean)).toBe(false);
    expect(correlates(one('reversed_speech').now, Float32Array.from(clean).reverse())).toBe(true);
  });
});

describe('the registry', () => {
  it('names every kind once, with lengths that make sense', () => {
    expect(new Set(names).size).toBe(names.length);
    for (const { minLengthMs, maxLengthMs, kind } of artifactKinds) {
      expect(kind).toMatch(/^[a-z_]+$/);
      expect(minLengthMs).toBeGreaterThanOrEqual(10);
      expect(maxLengthMs).toBeGreaterThanOrEqual(minLengthMs);
    }
  });

  it('finds kinds by their own name and by their type', () => {
    expect(kindsNamed(['reverb', 'long_pause']).map(({ kind }) => kind)).toEqual(['inserted_pause', 'reverb']);
    expect(kindsNamed(['glitch'])).toHaveLength(6);
  });
});
