// What a figure was measured on: without it no figure means anything.
import os from 'node:os';

/** One line: date, processor, cores, load average of the last minute, Node. */
export function machineLine() {
  const model = os.cpus()[0]?.model.trim() ?? 'unknown processor';
  const load = os.loadavg()[0].toFixed(1);
  return `${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} × ${model}, load ${load}, Node ${process.versions.node}`;
}
