import { describe, expect, it } from '@jest/globals';
import { chunkWindows } from './chunk-grid.js';
import { chunkTargets } from './chunk-targets.js';

const windows = chunkWindows(1500, { chunkSizeMs: 500, strideMs: 250 });
const types = ['glitch', 'echo'];

describe('chunkTargets', () => {
  it('marks the chunks that hear enough of an event, in its own column', () => {
    const targets = chunkTargets(windows, [{ artifactType: 'echo', startMs: 420, endMs: 900 }], types);
    // Chunks 0-500 (80 ms of it: too little), 250-750, 500-1000, 750-1250 and 1000-1500.
    expect([...targets]).toEqual([0, 0, 0, 1, 0, 1, 0, 1, 0, 0]);
  });

  it('gives a short event on an edge to the chunks that hold half of it', () => {
    const targets = chunkTargets(windows, [{ artifactType: 'glitch', startMs: 485, endMs: 505 }], types);
    expect([...targets]).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('follows another rule, ignores unknown types and empty events', () => {
    const rule = { minOverlapMs: 10, minEventShare: 1 };
    const events = [
      { artifactType: 'echo', startMs: 480, endMs: 520 },
      { artifactType: 'unknown', startMs: 0, endMs: 1500 },
      { artifactType: 'glitch', startMs: 300, endMs: 300 },
    ];
    expect([...chunkTargets(windows, events, types, rule)]).toEqual([0, 1, 0, 1, 0, 1, 0, 0, 0, 0]);
  });
});
