import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitFiles } from './split.js';
import type { Split } from './split.js';
import type { Portion, SplitFile } from './split-unit.js';

const types = ['glitch', 'echo', 'long_pause'];
const options = { validationShare: 0.2, seed: 1 };

function file(index: number, artifactTypes: readonly string[], group?: string, durationMs = 60_000): SplitFile {
  const events = artifactTypes.map((artifactType, i) => ({ artifactType, startMs: 1000 * i, endMs: 1000 * i + 500 }));
  return { fileId: `f${index}`, durationMs, events, ...(group === undefined ? {} : { group }) };
}

const ids = (portions: readonly Portion[]): Set<string> => new Set(portions.map(({ fileId }) => fileId));
const lengthMs = (portions: readonly Portion[]): number => portions.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
const typesOn = (files: readonly SplitFile[], portions: readonly Portion[]): Set<string> =>
  new Set(files.filter(({ fileId }) => ids(portions).has(fileId)).flatMap((f) => f.events.map((event) => event.artifactType)));

const anyFiles = fc
  .array(
    fc.tuple(
      fc.subarray(types),
      fc.option(fc.constantFrom('ann', 'bob', 'cy', 'di'), { nil: undefined }),
      fc.integer({ min: 5, max: 90 }),
    ),
    {
      minLength: 2,
      maxLength: 40,
    },
  )
  .map((rows) => rows.map(([held, group, seconds], index) => file(index, held, group, 1000 * seconds)));

describe('splitFiles', () => {
  it('puts every file wholly on exactly one side, both sides in use, whatever the order of files', () => {
    fc.assert(
      fc.property(anyFiles, fc.integer(), (files, seed) => {
        const split = splitFiles(files, { ...options, seed });
        const both = [...split.train, ...split.validation];
        expect(both).toHaveLength(files.length);
        expect(ids(both).size).toBe(files.length);
        expect(both.every((p) => p.startMs === 0 && p.endMs === files.find((f) => f.fileId === p.fileId)?.durationMs)).toBe(true);
        expect(Math.min(split.train.length, split.validation.length)).toBeGreaterThan(0);
        expect(split.smallData).toBe(false);
        expect(splitFiles([...files].reverse(), { ...options, seed })).toEqual(split);
      }),
    );
  });

  it('keeps groups together, or says that it could not', () => {
    fc.assert(
      fc.property(anyFiles, fc.integer(), (files, seed) => {
        const split = splitFiles(files, { ...options, seed });
        if (split.unit !== 'group') return;
        const groupsOn = (side: readonly Portion[]): (string | undefined)[] =>
          files.filter((f) => f.group !== undefined && ids(side).has(f.fileId)).map((f) => f.group);
        const shared = groupsOn(split.train).filter((group) => groupsOn(split.validation).includes(group));
        expect(shared).toEqual([]);
      }),
    );
  });

  it('gives training every type, and validation every type that two files hold', () => {
    fc.assert(
      fc.property(anyFiles, fc.integer(), (grouped, seed) => {
        const files = grouped.map(({ group: _, ...rest }) => rest);
        // With three types and a handful of files not every wish can be met; twelve files always can.
        if (files.length < 12) return;
        const split = splitFiles(files, { ...options, seed });
        for (const type of types) {
          const holders = files.filter((f) => f.events.some((event) => event.artifactType === type)).length;
          if (holders > 0) expect(typesOn(files, split.train)).toContain(type);
          if (holders > 1) expect(typesOn(files, split.validation)).toContain(type);
        }
      }),
    );
  });

  it('holds the wanted share of audio and of every type', () => {
    const files = Array.from({ length: 100 }, (_, i) => file(i, [i % 2 ? 'glitch' : 'echo', ...(i % 10 ? [] : ['long_pause'])]));
    const split = splitFiles(files, options);
    expect(split.validation.length).toBe(20);
    const held = files.filter((f) => ids(split.validation).has(f.fileId)).flatMap((f) => f.events.map((e) => e.artifactType));
    expect(types.map((type) => held.filter((t) => t === type).length)).toEqual([10, 10, 2]);
    expect(splitFiles(files, { ...options, seed: 2 }).validation).not.toEqual(split.validation);
  });

  it('holds out whole speakers when there are enough, else files', () => {
    const speakers = Array.from({ length: 20 }, (_, i) => file(i, ['glitch'], `speaker ${i % 10}`));
    const split = splitFiles(speakers, options);
    expect([split.unit, split.validation.length]).toEqual(['group', 4]);
    const oneSpeaker = Array.from({ length: 20 }, (_, i) => file(i, ['glitch'], 'me'));
    expect(splitFiles(oneSpeaker, options)).toMatchObject({ unit: 'file', smallData: false });
    const uneven = Array.from({ length: 20 }, (_, i) => file(i, ['glitch'], i === 0 ? 'guest' : 'me'));
    expect(splitFiles(uneven, options).unit).toBe('file');
  });

  it('says what it truly kept together', () => {
    const own = Array.from({ length: 20 }, (_, i) => file(i, ['glitch'], `speaker ${i}`));
    const nameless = Array.from({ length: 20 }, (_, i) => file(i, ['glitch']));
    const half = Array.from({ length: 20 }, (_, i) => file(i, ['glitch'], i % 2 ? `speaker ${i % 5}` : undefined));
    expect(splitFiles(own, options).unit).toBe('group');
    expect(splitFiles(nameless, options).unit).toBe('file');
    expect(splitFiles(half, options).unit).toBe('file');
    const voices = Array.from({ length: 20 }, (_, i) => file(i, ['glitch'], `voice ${i % 10}`));
    expect(splitFiles(voices, { ...options, groupsAre: 'voice' }).unit).toBe('voice');
  });

  it('never puts the same audio on both sides, whatever its ids and groups', () => {
    const files = Array.from({ length: 20 }, (_, i) => ({ ...file(i, ['glitch']), contentId: `audio ${i % 10}` }));
    for (const seed of [1, 2, 3, 4, 5]) {
      const split = splitFiles(files, { ...options, seed });
      const audioOn = (side: readonly Portion[]) => new Set([...ids(side)].map((id) => Number(id.slice(1)) % 10));
      expect([...audioOn(split.train)].filter((audio) => audioOn(split.validation).has(audio))).toEqual([]);
    }
  });

  it('refuses what cannot be split', () => {
    expect(() => splitFiles([], options)).toThrow(RangeError);
    expect(() => splitFiles([file(0, []), file(1, [], undefined, 0)], options)).toThrow(RangeError);
    expect(() => splitFiles([file(0, [])], { ...options, validationShare: 1 })).toThrow(RangeError);
  });
});

describe('a single file', () => {
  const events = Array.from({ length: 60 }, (_, i) => ({
    artifactType: types[i % 3] as string,
    startMs: 5000 * i,
    endMs: 5000 * i + 400,
  }));
  const single = (durationMs: number): SplitFile => ({
    fileId: 'only',
    durationMs,
    events: events.filter((e) => e.endMs < durationMs),
  });
  const gaps = ({ train, validation }: Split): number[] =>
    train.flatMap((t) => validation.map((v) => Math.max(v.startMs - t.endMs, t.startMs - v.endMs)));

  it('is cut into time blocks with a guard, and flagged', () => {
    const split = splitFiles([single(300_000)], options);
    expect(split).toMatchObject({ unit: 'time_block', smallData: true });
    expect(lengthMs(split.validation)).toBe(60_000);
    expect(Math.min(...gaps(split))).toBe(2000);
    expect(lengthMs(split.train)).toBeGreaterThan(225_000);
  });

  it('never shares time, at any length, share and seed', () => {
    const anyShare = fc.constantFrom(0.05, 0.2, 0.5, 0.9);
    fc.assert(
      fc.property(fc.integer({ min: 2000, max: 400_000 }), anyShare, fc.integer(), (durationMs, validationShare, seed) => {
        const split = splitFiles([single(durationMs)], { validationShare, seed });
        const smallest = Math.min(...[...split.train, ...split.validation].map((p) => p.endMs - p.startMs));
        expect(smallest).toBeGreaterThan(0);
        expect(Math.min(split.train.length, split.validation.length)).toBeGreaterThan(0);
        expect(Math.min(...gaps(split))).toBeGreaterThan(0);
        for (const { startMs, endMs } of [...split.train, ...split.validation]) {
          expect(startMs >= 0 && endMs <= durationMs).toBe(true);
        }
      }),
    );
  });
});
