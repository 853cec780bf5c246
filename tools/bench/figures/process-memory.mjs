// Memory of processes and their descendants, as Linux counts it.
import fs from 'node:fs';

/** Parent of every process that runs now: Map of pid to parent pid. */
function parents() {
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(pids.flatMap((pid) => {
    const stat = read(`/proc/${pid}/stat`);
    return stat ? [[Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]] : [];
  })); // prettier-ignore
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return ''; // ended meanwhile, or another user's
  }
}

/**
 * RSS and PSS in MiB of each named process with its descendants; what has a name of its own counts there only.
 * RSS counts shared pages once for every process, PSS divides them: only PSS may be added up.
 * @param {Record<string, number>} named process id by name
 */
export function memoryOf(named) {
  const parentOf = parents();
  const nameOf = new Map(Object.entries(named).map(([name, pid]) => [pid, name]));
  const ownerOf = (pid) => (pid === undefined || pid === 0 ? undefined : (nameOf.get(pid) ?? ownerOf(parentOf.get(pid))));
  const sums = new Map(Object.keys(named).map((name) => [name, { name, processes: 0, rssMib: 0, pssMib: 0 }]));
  for (const pid of parentOf.keys()) {
    const sum = sums.get(ownerOf(pid));
    const rollup = sum ? read(`/proc/${pid}/smaps_rollup`) : '';
    if (!rollup) continue;
    sum.processes += 1;
    sum.rssMib += mebibytes(rollup, 'Rss');
    sum.pssMib += mebibytes(rollup, 'Pss');
  }
  return [...sums.values()];
}

const mebibytes = (rollup, field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0) / 1024;
