import type { Detection, FrameScores } from './sound-event.js';

/** A detection cut to the `longestMs` with the most evidence for its type; the middle where there is none. */
export function strongestPart(detection: Detection, longestMs: number, evidence: FrameScores): Detection {
  const { startMs, endMs } = detection;
  if (endMs - startMs <= longestMs) return detection;
  const strengthAt = strengthOf(detection, evidence);
  const { frameMs } = evidence;
  const steps = Math.floor((endMs - startMs - longestMs) / frameMs);
  const width = Math.max(1, Math.round(longestMs / frameMs));
  let sum = 0;
  for (let frame = 0; frame < width; frame++) sum += strengthAt(frame);
  let [best, first, last] = [sum, 0, 0];
  for (let step = 1; step <= steps; step++) {
    sum += strengthAt(step + width - 1) - strengthAt(step - 1);
    if (sum > best + 1e-9) [best, first, last] = [sum, step, step];
    else if (sum >= best - 1e-9 && last === step - 1) last = step;
  }
  const cutMs = startMs + Math.round((first + last) / 2) * frameMs;
  return { ...detection, startMs: cutMs, endMs: cutMs + longestMs };
}

/** The evidence by frame, from the detection's start. */
function strengthOf({ artifactType, startMs }: Detection, { artifactTypes, frameMs, values }: FrameScores) {
  const column = artifactTypes.indexOf(artifactType);
  const offset = Math.floor(startMs / frameMs);
  return (frame: number): number => (column < 0 ? 0 : (values[(offset + frame) * artifactTypes.length + column] ?? 0));
}
