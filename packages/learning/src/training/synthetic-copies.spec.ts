import { createRandom, type SampleSource } from '@earmark/audio';
import { describe, expect, it } from '@jest/globals';
import { featuresInMemory } from './feature-source.js';
import type { Stretch } from './stretch.js';
import { syntheticCopies, type CopyTools } from './synthetic-copies.js';

const SECONDS = 30;

/** Bursts of noise like syllables, with pauses. */
function speech(seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: SECONDS * 16_000 }, (_, i) => random.gaussian(0, (i / 4_000) % 3 < 2 ? 0.1 : 0.001));
}

function audioOf(samples: Float32Array): SampleSource {
  return { sampleCount: samples.length, read: (start, end) => Promise.resolve(samples.slice(start, end)) };
}

const stretches: Stretch[] = [0, 1, 2, 3].map((index) => ({
  fileId: `file ${index}`,
  group: `voice ${index % 2}`,
  features: featuresInMemory(new Float32Array(100), 1),
  audio: audioOf(speech(index)),
  events: [{ artifactType: 'click', startMs: 10_000, endMs: 11_000 }],
}));

/** The waves themselves stand in for features. */
function toolsOf(artifactTypes: readonly string[], seed = 1): CopyTools & { readonly waves: Float32Array[] } {
  const waves: Float32Array[] = [];
  const shelf = { put: (wave: Float32Array) => featuresInMemory(wave, 1) };
  const extract = (wave: Float32Array): Promise<Float32Array> => {
    waves.push(wave);
    return Promise.resolve(wave);
  };
  return { artifactTypes, seed, samplesPerMs: 16, extract, shelf, waves };
}

describe('synthetic copies', () => {
  it('keep what was annotated, at the times of the new speed, and add artifacts of the types asked for', async () => {
    const copies = await syntheticCopies(stretches, toolsOf(['click', 'glitch', 'hallucination']));
    expect(copies.map(({ fileId }) => fileId).sort()).toEqual([0, 1, 2, 3].map((index) => `file ${index} copy`));
    for (const { events, features } of copies) {
      const [click, ...more] = events.filter(({ artifactType }) => artifactType === 'click');
      expect(more).toEqual([]);
      expect(click!.endMs - click!.startMs).toBeGreaterThan(880);
      expect(click!.endMs - click!.startMs).toBeLessThan(1_125);
      for (const event of events) {
        expect(event.endMs * 16).toBeLessThanOrEqual(features.frameCount);
        const others = events.filter((other) => other !== event);
        expect(others.every((other) => other.endMs <= event.startMs || other.startMs >= event.endMs)).toBe(true);
      }
    }
    const types = new Set(copies.flatMap(({ events }) => events.map(({ artifactType }) => artifactType)));
    expect([...types].sort()).toEqual(['click', 'glitch', 'hallucination']);
  });

  it('put nothing in for types that only the synthesiser knows', async () => {
    const copies = await syntheticCopies(stretches, toolsOf(['click']));
    expect(copies.flatMap(({ events }) => events)).toHaveLength(4);
  });

  it('are the same for the same seed, and none without audio', async () => {
    const [first, again, other] = [toolsOf(['glitch'], 7), toolsOf(['glitch'], 7), toolsOf(['glitch'], 8)];
    for (const tools of [first, again, other]) await syntheticCopies(stretches, tools);
    expect(again.waves).toEqual(first.waves);
    expect(other.waves).not.toEqual(first.waves);
    const silent = stretches.map(({ audio: _, ...stretch }) => stretch);
    expect(await syntheticCopies(silent, toolsOf(['glitch']))).toEqual([]);
  });
});
