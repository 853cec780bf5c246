// One child process with a readiness check: started, stopped, killed and started again on the same command line.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LOG_KEPT_BYTES = 10 << 20;
const POLL_MS = 25;
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((file) => fs.existsSync(file));

/**
 * Options: `name`, `command`, `args`, `env`, `cwd`, `uid`/`gid` (run as that user), `logFile` (appended to),
 * `isReady()` (resolves true when the process serves), `readyTimeoutMs`, `stopSignal` (SIGTERM), `stopGraceMs` (10 s, then SIGKILL),
 * `deathSignal` (SIGKILL; what it gets when this process dies),
 * `retryEarlyExit` (start again while not ready: a predecessor may still be going).
 */
export class ManagedProcess {
  #options;
  #child;
  #exit = Promise.resolve();
  #ready = false;
  #wanted = false;
  /** Called with `{ code, signal }` when the process was ready and ends without stop() or kill(). */
  onUnexpectedExit = () => undefined;

  constructor(options) {
    this.#options = { readyTimeoutMs: 30_000, stopSignal: 'SIGTERM', stopGraceMs: 10_000, deathSignal: 'SIGKILL', ...options };
  }

  get name() {
    return this.#options.name;
  }

  get logFile() {
    return this.#options.logFile;
  }

  get stopSignal() {
    return this.#options.stopSignal;
  }

  /** The process id, or undefined while nothing runs. */
  get pid() {
    return this.#child?.pid;
  }

  /** Starts the process and waits until it is ready; throws with the end of its log when it is not. */
  async start() {
    if (this.#child) return;
    this.#wanted = true;
    const deadline = Date.now() + this.#options.readyTimeoutMs;
    this.#spawn();
    while (!(await this.#options.isReady().catch(() => false))) {
      if (!this.#wanted) throw new Error(`${this.name} was stopped while it started.`);
      const mayRetry = this.#options.retryEarlyExit && Date.now() < deadline;
      if (!this.#child && mayRetry) this.#spawn();
      else if (!this.#child || Date.now() > deadline) throw await this.#failure();
      await delay(POLL_MS);
    }
    this.#ready = true;
  }

  /** Ends the process politely, then by force after the grace time. */
  async stop() {
    this.#wanted = false;
    const child = this.#release();
    if (!child) return;
    child.kill(this.#options.stopSignal);
    const force = setTimeout(() => child.kill('SIGKILL'), this.#options.stopGraceMs);
    await this.#exit;
    clearTimeout(force);
  }

  /** SIGKILL, as a crash would: nothing is flushed or said goodbye to. */
  async kill() {
    this.#wanted = false;
    this.#release()?.kill('SIGKILL');
    await this.#exit;
  }

  async restart() {
    await this.stop();
    await this.start();
  }

  /** From here on an exit is expected. */
  #release() {
    const child = this.#child;
    this.#child = undefined;
    this.#ready = false;
    return child;
  }

  #spawn() {
    const { command, args, env, cwd, uid, gid, logFile } = this.#options;
    const [file, ...fileArgs] = dyingWithParent(command, args, this.#options.deathSignal);
    const log = openLog(logFile);
    const child = spawn(file, fileArgs, {
      cwd,
      env: env ?? process.env,
      stdio: ['ignore', log, log],
      detached: true, // its own process group: Ctrl-C reaches the launcher only, which then stops things in order
      ...(uid === undefined ? {} : { uid, gid }),
    });
    fs.closeSync(log);
    this.#child = child;
    this.#exit = new Promise((resolve) => {
      const ended = (how) => {
        resolve();
        this.#ended(child, how);
      };
      child.once('exit', (code, signal) => ended({ code, signal }));
      child.once('error', (error) => {
        fs.appendFileSync(logFile, `${error.message}\n`);
        if (child.pid === undefined) ended({ code: null, signal: null }); // never started: no exit will follow
      });
    });
  }

  #ended(child, how) {
    if (this.#child !== child) return;
    const wasReady = this.#ready;
    this.#release();
    if (wasReady) this.onUnexpectedExit(how);
  }

  async #failure() {
    const state = this.#child ? `was not ready within ${this.#options.readyTimeoutMs / 1000} s` : 'ended at once';
    await this.stop();
    return new Error(`${this.name} ${state}. The end of ${this.logFile}:\n${tailOf(this.logFile)}`);
  }
}

/** On Linux the kernel ends the child when this process dies, even by SIGKILL; elsewhere the next start clears up. */
function dyingWithParent(command, args, signal) {
  return SETPRIV ? [SETPRIV, '--pdeathsig', signal.replace('SIG', ''), command, ...args] : [command, ...args];
}

function openLog(file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  if (fs.existsSync(file) && fs.statSync(file).size > LOG_KEPT_BYTES) fs.renameSync(file, `${file}.1`);
  return fs.openSync(file, 'a', 0o600);
}

/** The last `lines` lines of a text file; empty when there is none. */
export function tailOf(file, lines = 15) {
  if (!fs.existsSync(file)) return '';
  return fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
