// Which processes are ours: recorded with an identity that a reused process id cannot have, so that leftovers of a killed launcher
// can be ended safely and two launchers never share one home.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { readJson, writeJson } from './home.mjs';
import { UserError } from './user-error.mjs';

const LEFTOVER_GRACE_MS = 5_000;
const POLL_MS = 50;

/** Text that names this very process (boot and start time), or undefined when no such process runs. */
export function processIdentity(pid) {
  if (!fs.existsSync('/proc/self/stat'))
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() || undefined;
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before it may hold anything
    return state === 'Z' ? undefined : `${fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[18]}`;
  } catch {
    return undefined; // ended meanwhile
  }
}

const isRunning = ({ pid, identity }) => identity !== undefined && processIdentity(pid) === identity;

/** Claims the home for this launcher; a sentence with the URL when another one has it. Returns a function that gives it back. */
export function claimHome(home) {
  const own = { pid: process.pid, identity: processIdentity(process.pid) };
  const holder = readJson(home.launcherFile);
  if (holder && isRunning(holder)) throw alreadyRunning(home, holder);
  fs.rmSync(home.launcherFile, { force: true });
  fs.rmSync(home.readyFile, { force: true });
  try {
    fs.writeFileSync(home.launcherFile, JSON.stringify(own), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    throw alreadyRunning(home, readJson(home.launcherFile, {}));
  }
  return () => fs.rmSync(home.launcherFile, { force: true });
}

function alreadyRunning(home, { pid }) {
  const url = readJson(home.readyFile)?.gateway_url;
  const state = url ? `already running at ${url}` : 'already starting';
  return new UserError(
    `Earmark is ${state} (process ${pid}, ${home.dir}): stop that one first, or set EARMARK_HOME and --port for a second one.`,
  );
}

/** Writes down the running children: `[{ name, pid, signal }]`, `signal` being how each stops cleanly. */
export function recordProcesses(home, children) {
  writeJson(home.processesFile, children.map((child) => ({ ...child, identity: processIdentity(child.pid) }))); // prettier-ignore
}

/** Ends what a killed launcher left running; returns their names. */
export async function endLeftovers(home) {
  const leftovers = readJson(home.processesFile, []).filter(isRunning);
  for (const { pid, signal } of leftovers) process.kill(pid, signal);
  const deadline = Date.now() + LEFTOVER_GRACE_MS;
  while (leftovers.some(isRunning) && Date.now() < deadline) await delay(POLL_MS);
  for (const { pid } of leftovers.filter(isRunning)) process.kill(pid, 'SIGKILL');
  fs.rmSync(home.processesFile, { force: true });
  return leftovers.map(({ name }) => name);
}
