// What the demo ends with: the metrics of the run, and detections beside the truth.
const COLLAR_MS = 250;
const seconds = (ms) => (ms / 1000).toFixed(2).padStart(6);
const percent = (value) => `${(100 * value).toFixed(0)} %`.padStart(6);

/** Prints metrics and table; returns `{ precision, recall }` over both types on the unseen files. */
export function report({ model, job, inferenceJob, unseen, ready, seconds: tookSeconds }) {
  const pairs = unseen.map((file) => ({ file, rows: compare(file, detectionsOf(inferenceJob, file)) }));
  console.log('\nDetections beside the truth (seconds)\n');
  console.log('  file            artifact      truth            detected         confidence');
  for (const { file, rows } of pairs) for (const row of rows) console.log(`  ${file.name.padEnd(15)} ${describe(row)}`);
  const all = pairs.flatMap(({ rows }) => rows);
  const types = [...new Set(all.map((row) => row.type))].sort();
  console.log(`\nOn ${unseen.length} unseen files (an event counts as found within ${COLLAR_MS} ms)\n`);
  console.log('  artifact      events  precision  recall');
  for (const type of types) console.log(line(type, all.filter((row) => row.type === type))); // prettier-ignore
  const total = rates(all);
  console.log(line('all', all));
  console.log(`\nOn the validation part of the training files: F1 ${job.metrics.f1_score.toFixed(2)} (macro, event-based).`);
  console.log(`The main job took ${tookSeconds.toFixed(0)} s.`);
  console.log(`
Where to look next
  Model          curl -H "X-API-Key: ${ready.api_key}" ${ready.gateway_url}/api/v1/models/${model.id}
  ONNX file      …/api/v1/models/${model.id}/artifacts/onnx
  API reference  ${ready.docs_url}
  From Python    python3 examples/python/quickstart.py`);
  return total;
}

const detectionsOf = (job, { name }) => job.files.find((file) => file.original_filename === name)?.detections ?? [];

/** One row per reference event and per detection that matches none: `{ type, truth, detection }`, by time. */
function compare(file, detections) {
  const left = new Set(detections);
  const rows = file.labels.map((truth) => {
    const type = truth.artifact_type;
    const detection = [...left].find(
      (found) =>
        found.artifact_type === type && found.start_ms < truth.end_ms + COLLAR_MS && found.end_ms > truth.start_ms - COLLAR_MS,
    );
    if (detection) left.delete(detection);
    return { type, truth, detection };
  });
  for (const detection of left) rows.push({ type: detection.artifact_type, detection });
  const at = (row) => (row.truth ?? row.detection).start_ms;
  return rows.sort((a, b) => at(a) - at(b));
}

function describe({ type, truth, detection }) {
  const span = (interval) => (interval ? `${seconds(interval.start_ms)} –${seconds(interval.end_ms)}` : '—'.padEnd(14));
  const verdict = truth && detection ? '' : truth ? '  missed' : '  false alarm';
  return `${type.padEnd(12)} ${span(truth)}   ${span(detection)}   ${detection ? detection.confidence.toFixed(2) : '    '}${verdict}`;
}

function rates(rows) {
  const found = rows.filter((row) => row.truth && row.detection).length;
  const detected = rows.filter((row) => row.detection).length;
  const events = rows.filter((row) => row.truth).length;
  return { events, precision: detected === 0 ? 0 : found / detected, recall: events === 0 ? 0 : found / events };
}

function line(name, rows) {
  const { events, precision, recall } = rates(rows);
  return `  ${name.padEnd(12)} ${String(events).padStart(7)}     ${percent(precision)}  ${percent(recall)}`;
}
