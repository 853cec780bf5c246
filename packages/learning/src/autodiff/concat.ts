import type { Tape, Variable } from './tape.js';

/** Joins along the last axis; all other dimensions are equal. */
export function concatChannels(tape: Tape, parts: readonly Variable[]): Variable {
  const { graph } = tape;
  const axis = (parts[0]?.shape.length ?? 0) - 1;
  const widths = parts.map((part) => part.shape[axis] as number);
  const joined = graph.concat(parts, axis);
  return tape.record(joined, joined.shape as number[], parts, (gradient) => {
    let start = 0;
    return widths.map((width) => {
      const part = graph.slice(gradient, axis, start, start + width);
      start += width;
      return part;
    });
  });
}
