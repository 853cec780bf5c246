// One child process with a readiness check: started, stopped, killed and started again on the same command line.
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The user that a process runs as. */
export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
}

export interface ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Default: whoever runs this process. */
  readonly user?: ProcessUser | undefined;
  /** Output is appended to it. */
  readonly logFile: string;
  /** Resolves true when the process serves; a rejection counts as "not yet". */
  readonly isReady: () => Promise<boolean>;
  /** Default 30 s. */
  readonly readyTimeoutMs?: number;
  /** What ends it politely; default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
  /** Then SIGKILL; default 10 s. */
  readonly stopGraceMs?: number;
  /** What it gets when this process dies; default SIGKILL. */
  readonly deathSignal?: NodeJS.Signals;
  /** Start again while it is not ready: a predecessor may still be going. */
  readonly retryEarlyExit?: boolean;
}

const LOG_KEPT_BYTES = 10 << 20;
const LOG_SHOWN_LINES = 15;
const POLL_MS = 25;
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((file) => fs.existsSync(file));
const DEFAULTS = {
  readyTimeoutMs: 30_000,
  stopSignal: 'SIGTERM',
  stopGraceMs: 10_000,
  deathSignal: 'SIGKILL',
  retryEarlyExit: false,
} as const;

/** A child process that can be started, stopped, killed and started again. */
export class ManagedProcess {
  readonly #options: ProcessOptions & Required<Pick<ProcessOptions, keyof typeof DEFAULTS>>;
  #child: ChildProcess | undefined;
  #exit: Promise<void> = Promise.resolve();
  #ready = false;
  #wanted = false;
  /** Called when the process was ready and ends without stop() or kill(). */
  onUnexpectedExit: (how: Exit) => void = () => undefined;

  constructor(options: ProcessOptions) {
    this.#options = { ...DEFAULTS, ...options };
  }

  get name(): string {
    return this.#options.name;
  }

  get logFile(): string {
    return this.#options.logFile;
  }

  get stopSignal(): NodeJS.Signals {
    return this.#options.stopSignal;
  }

  /** The process id, or undefined while nothing runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the process and waits until it is ready; throws with the end of its log when it is not. */
  async start(): Promise<void> {
    if (this.#child) return;
    this.#wanted = true;
    const deadlineMs = performance.now() + this.#options.readyTimeoutMs;
    this.#spawn();
    while (!(await this.#options.isReady().catch(() => false))) {
      if (!this.#isWanted()) throw new Error(`${this.name} was stopped while it started.`);
      const isLate = performance.now() > deadlineMs;
      if (!this.pid && this.#options.retryEarlyExit && !isLate) this.#spawn();
      else if (!this.pid || isLate) throw await this.#failure();
      await delay(POLL_MS);
    }
    this.#ready = true;
  }

  /** Ends the process politely, then by force after the grace time. */
  async stop(): Promise<void> {
    this.#wanted = false;
    const child = this.#release();
    if (!child) return;
    child.kill(this.#options.stopSignal);
    const force = setTimeout(() => child.kill('SIGKILL'), this.#options.stopGraceMs);
    await this.#exit;
    clearTimeout(force);
  }

  /** SIGKILL, as a crash would: nothing is flushed or said goodbye to. */
  async kill(): Promise<void> {
    this.#wanted = false;
    this.#release()?.kill('SIGKILL');
    await this.#exit;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Asked through a method because it changes while start() waits. */
  #isWanted(): boolean {
    return this.#wanted;
  }

  /** From here on an exit is expected. */
  #release(): ChildProcess | undefined {
    const child = this.#child;
    this.#child = undefined;
    this.#ready = false;
    return child;
  }

  #spawn(): void {
    const { command, args, env, cwd, user, logFile, deathSignal } = this.#options;
    const [file, ...fileArgs] = dyingWithParent(command, args, deathSignal);
    const log = openLog(logFile);
    const child = spawn(file, fileArgs, {
      cwd,
      env: env ?? process.env,
      stdio: ['ignore', log, log],
      detached: true, // its own process group: Ctrl-C reaches the launcher only, which then stops things in order
      ...user,
    });
    fs.closeSync(log);
    this.#child = child;
    this.#exit = this.#ending(child);
  }

  #ending(child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      const ended = (how: Exit): void => {
        resolve();
        this.#ended(child, how);
      };
      child.once('exit', (code, signal) => ended({ code, signal }));
      child.once('error', (error) => {
        fs.appendFileSync(this.logFile, `${error.message}\n`);
        if (child.pid === undefined) ended({ code: null, signal: null }); // never started: no exit will follow
      });
    });
  }

  #ended(child: ChildProcess, how: Exit): void {
    if (this.#child !== child) return;
    const wasReady = this.#ready;
    this.#release();
    if (wasReady) this.onUnexpectedExit(how);
  }

  async #failure(): Promise<Error> {
    const state = this.#child ? `was not ready within ${this.#options.readyTimeoutMs / 1000} s` : 'ended before it was ready';
    await this.stop();
    return new Error(`${this.name} ${state}. The end of ${this.logFile}:\n${endOf(this.logFile)}`);
  }
}

/** On Linux the kernel ends the child when this process dies, even by SIGKILL; elsewhere the next start clears up. */
function dyingWithParent(command: string, args: readonly string[], signal: NodeJS.Signals): [string, ...string[]] {
  return SETPRIV ? [SETPRIV, '--pdeathsig', signal.replace('SIG', ''), command, ...args] : [command, ...args];
}

function openLog(file: string): number {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  if (fs.existsSync(file) && fs.statSync(file).size > LOG_KEPT_BYTES) fs.renameSync(file, `${file}.1`);
  return fs.openSync(file, 'a', 0o600);
}

function endOf(file: string): string {
  if (!fs.existsSync(file)) return '';
  return fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_SHOWN_LINES).join('\n');
}
