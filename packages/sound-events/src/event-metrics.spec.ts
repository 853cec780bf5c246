import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluateEvents } from './event-metrics.js';
import type { JudgedFile } from './event-metrics.js';
import { countPlaced, matchEvents } from './match-events.js';

const types = ['glitch', 'echo'];
const anySpan = fc
  .tuple(fc.nat(4000), fc.integer({ min: 1, max: 900 }))
  .map(([startMs, length]) => ({ startMs, endMs: startMs + length }));
const anyEvent = fc.tuple(anySpan, fc.constantFrom(...types)).map(([span, artifactType]) => ({ ...span, artifactType }));
const anyDetection = fc
  .tuple(anyEvent, fc.constantFrom(0.2, 0.5, 0.5, 0.9))
  .map(([event, confidence]) => ({ ...event, confidence }));
const anyFile = fc.record({
  durationMs: fc.constant(5000),
  references: fc.array(anyEvent, { maxLength: 8 }),
  detections: fc.array(anyDetection, { maxLength: 8 }),
});

/** Written from the rule's description, without looking at the code: a table of who overlaps whom, then hand out greedily. */
function referee(files: readonly JudgedFile[], type: string, collarMs: number, boundaryMs: number): number[] {
  let [hits, tight, claims, truths] = [0, 0, 0, 0];
  for (const file of files) {
    const wanted = file.references.filter((event) => event.artifactType === type);
    const byConfidence = file.detections
      .map((detection, order) => ({ detection, order }))
      .filter(({ detection }) => detection.artifactType === type)
      .sort((a, b) => b.detection.confidence - a.detection.confidence || a.order - b.order)
      .map(({ detection }) => detection);
    const taken = new Set<number>();
    claims += byConfidence.length;
    truths += wanted.length;
    for (const truth of wanted) {
      for (const [rank, claim] of byConfidence.entries()) {
        const apart = Math.max(claim.startMs - truth.endMs, truth.startMs - claim.endMs);
        if (apart >= collarMs || taken.has(rank)) continue;
        taken.add(rank);
        hits += 1;
        const worst = Math.max(Math.abs(claim.startMs - truth.startMs), Math.abs(claim.endMs - truth.endMs));
        if (worst <= boundaryMs) tight += 1;
        break;
      }
    }
  }
  return [hits, claims - hits, truths - hits, tight];
}

describe('evaluateEvents', () => {
  it('agrees with an independent implementation of the shared scorer', () => {
    fc.assert(
      fc.property(
        fc.array(anyFile, { maxLength: 4 }),
        fc.constantFrom(0, 1, 100, 250),
        fc.constantFrom(0, 50, 400),
        (files, collarMs, boundaryMs) => {
          const { perType, macro } = evaluateEvents(files, types, { collarMs, boundaryMs });
          for (const type of types) {
            const [tp = 0, fp = 0, fn = 0, tight = 0] = referee(files, type, collarMs, boundaryMs);
            expect(perType[type]).toMatchObject({
              truePositives: tp,
              falsePositives: fp,
              falseNegatives: fn,
              support: tp + fn,
              precision: tp / Math.max(1, tp + fp),
              recall: tp / Math.max(1, tp + fn),
              f1Score: (2 * tp) / Math.max(1, 2 * tp + fp + fn),
              falseAlarmsPerHour: files.length > 0 ? fp / ((files.length * 5000) / 3_600_000) : 0,
              boundaryAccuracy: tight / Math.max(1, tp),
            });
          }
          expect(macro.f1Score).toBeCloseTo(((perType['glitch']?.f1Score ?? 9) + (perType['echo']?.f1Score ?? 9)) / 2, 12);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reports 0 with support 0 for a type without events, and counts it in the macro average', () => {
    const found = { artifactType: 'glitch', startMs: 10, endMs: 60 };
    const file = { durationMs: 1_800_000, references: [found], detections: [{ ...found, confidence: 1 }] };
    const { perType, macro } = evaluateEvents([file], types);
    expect(perType['echo']).toMatchObject({ f1Score: 0, precision: 0, recall: 0, support: 0, falseAlarmsPerHour: 0 });
    expect(perType['glitch']).toMatchObject({ f1Score: 1, boundaryAccuracy: 1 });
    expect(macro).toEqual({ precision: 0.5, recall: 0.5, f1Score: 0.5, placedF1Score: 0.5 });
  });
});

describe('matchEvents', () => {
  const reference = { startMs: 1000, endMs: 1100 };

  it('allows the collar on both sides, its limit excluded', () => {
    const at = (startMs: number, endMs: number): number =>
      matchEvents([reference], [{ startMs, endMs, confidence: 1 }]).pairs.length;
    expect([at(700, 750), at(700, 751), at(1349, 1400), at(1350, 1400)]).toEqual([0, 1, 1, 0]);
  });

  it('gives each reference one detection, the most confident first, and changes no input', () => {
    const detections = [
      { startMs: 1000, endMs: 1050, confidence: 0.4 },
      { startMs: 1040, endMs: 1100, confidence: 0.8 },
    ];
    const copy = structuredClone(detections);
    const { pairs, missed, falseAlarms } = matchEvents([reference], detections);
    expect([pairs[0]?.detection, missed, falseAlarms]).toEqual([copy[1], [], [copy[0]]]);
    expect(detections).toEqual(copy);
  });
});

describe('countPlaced', () => {
  const placed = (startMs: number, endMs: number): number =>
    countPlaced([{ startMs: 1000, endMs: 2000 }], [{ startMs, endMs, confidence: 1 }]);

  it('wants the start within the collar and the end within the larger of the collar and half the length', () => {
    expect([placed(750, 2500), placed(749, 2000), placed(1250, 1500), placed(1000, 2501), placed(0, 60_000)]).toEqual([
      1, 0, 1, 0, 0,
    ]);
  });

  it('gives each reference a detection of its own', () => {
    const detection = { startMs: 1000, endMs: 1100, confidence: 1 };
    const references = [0, 50].map((startMs) => ({ startMs: 1000 + startMs, endMs: 1100 + startMs }));
    expect(countPlaced(references, [detection])).toBe(1);
    expect(countPlaced(references, [detection, { ...detection, startMs: 1050 }])).toBe(2);
  });
});
