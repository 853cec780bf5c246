// What a run of bench:api ends with: event-based figures on the test files, per type, and the time of each step.
import { evaluateEvents, macroAverage } from '@earmark/sound-events';

const COLLAR_MS = 250;
const number = (value) => value.toFixed(3).padStart(9);

/** Prints the report; types without test events are shown but do not count in the macro average. */
export function printScores({ folder, detections, job, model, seconds }) {
  const files = folder.test.map((clip) => ({
    durationMs: clip.durationMs,
    references: clip.events.map((event) => ({ artifactType: event.type, startMs: event.start_ms, endMs: event.end_ms })),
    detections: (detections[clip.file] ?? []).map((found) => ({
      artifactType: found.artifact_type,
      startMs: found.start_ms,
      endMs: found.end_ms,
      confidence: found.confidence,
    })),
  }));
  const { perType } = evaluateEvents(files, folder.artifactTypes, { collarMs: COLLAR_MS });
  const hours = files.reduce((sum, file) => sum + file.durationMs, 0) / 3_600_000;
  console.log(`\nOn ${files.length} test files, ${(60 * hours).toFixed(1)} min (events match within ${COLLAR_MS} ms)\n`);
  console.log('  type             precision   recall       F1  events  false alarms/h  boundaries ≤ 50 ms');
  for (const type of folder.artifactTypes) console.log(line(type, perType[type]));
  const macro = macroAverage(Object.values(perType).filter((metrics) => metrics.support > 0));
  console.log(
    `\n  macro event-F1 ${macro.f1Score.toFixed(3)} (validation, on held-back training files: ${job.metrics.f1_score.toFixed(3)})`,
  );
  console.log(`  ONNX export, reproduced in another process: max abs diff ${model.lineage.parity_max_abs_diff}`);
  const times = Object.entries(seconds).map(([title, took]) => `${title.toLowerCase()} ${took.toFixed(1)} s`);
  console.log(`  ${times.join(', ')}`);
  console.log(
    `  best epoch ${model.lineage.best_epoch} of ${job.epochs.length}, ${model.lineage.threads} threads, ${model.lineage.device}`,
  );
  console.log(`\nDetections: ${folder.detectionsFile}`);
}

function line(type, metrics) {
  const { precision, recall, f1Score, support, falseAlarmsPerHour, boundaryAccuracy } = metrics;
  const alarms = falseAlarmsPerHour.toFixed(1).padStart(14);
  return `  ${type.padEnd(16)} ${number(precision)}${number(recall)}${number(f1Score)} ${String(support).padStart(7)}  ${alarms}  ${number(boundaryAccuracy)}`;
}
