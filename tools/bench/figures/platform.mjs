// The platform as `npm start` runs it, in a home of its own: time to ready with empty and with existing data, memory when nothing happens.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eraseData, freePort } from '@earmark/local-platform';
import { homePaths, readJson, repositoryDir } from '../../../infra/local/home.mjs';
import { memoryOf } from './process-memory.mjs';

const SETTLE_MS = 20_000; // pools, caches and first health checks are over
const READY_TIMEOUT_MS = 300_000;
const POLL_MS = 50;

/** Prints seconds to ready (cold, warm), seconds to stop, and idle memory by process. */
export async function measure() {
  const home = homePaths(fs.mkdtempSync(path.join(os.tmpdir(), 'earmark-bench-')));
  fs.chmodSync(home.dir, 0o755); // PostgreSQL runs as another user where we are root
  let running;
  try {
    const cold = (running = await start(home));
    console.log(`cold start (code built, empty data)       ${cold.seconds.toFixed(1)} s`);
    await delay(SETTLE_MS);
    reportMemory({ launcher: cold.ready.pid, ...cold.ready.processes });
    console.log(`stop                                      ${(await cold.stop()).toFixed(1)} s`);
    const warm = (running = await start(home));
    console.log(`warm start (data of before)               ${warm.seconds.toFixed(1)} s`);
    await warm.stop();
  } finally {
    await running?.stop();
    eraseData(home);
    fs.rmSync(home.dir, { recursive: true, force: true });
  }
}

async function start(home) {
  const since = performance.now();
  const child = spawn(process.execPath, ['infra/local/start.mjs', '--port', String(await freePort())], {
    cwd: repositoryDir,
    env: { ...process.env, EARMARK_HOME: home.dir },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints += chunk));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    const at = performance.now();
    child.kill('SIGINT');
    await ended;
    return (performance.now() - at) / 1000;
  };
  while (!fs.existsSync(home.readyFile)) {
    if (child.exitCode !== null) throw new Error(`The platform did not start: ${complaints}`);
    if (performance.now() - since > READY_TIMEOUT_MS) {
      await stop();
      throw new Error(`The platform was not ready after ${READY_TIMEOUT_MS / 1000} s; see ${home.logs}.`);
    }
    await delay(POLL_MS);
  }
  return { seconds: (performance.now() - since) / 1000, ready: readJson(home.readyFile), stop };
}

function reportMemory(named) {
  if (!fs.existsSync('/proc/self/smaps_rollup')) {
    console.log('Memory by process is read from /proc, which this system does not have.');
    return;
  }
  const rows = memoryOf(named);
  const line = (name, processes, rss, pss) =>
    `  ${name.padEnd(18)} ${String(processes).padStart(9)} ${rss.toFixed(0).padStart(9)} ${pss.toFixed(0).padStart(9)}`;
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  console.log(`idle memory after ${SETTLE_MS / 1000} s\n  process            processes   RSS MiB   PSS MiB`);
  for (const { name, processes, rssMib, pssMib } of rows) console.log(line(name, processes, rssMib, pssMib));
  console.log(line('together', sum('processes'), sum('rssMib'), sum('pssMib')));
}
