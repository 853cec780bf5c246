import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';

/** What a sandboxed process may use before it is killed. */
export interface SandboxLimits {
  /** Resident and private memory, in bytes; Node itself needs about 150 MB of it. */
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  readonly wallClockMs: number;
  /** The longest time without a sign of life. */
  readonly stallMs: number;
}

/** How a sandboxed process ended. */
export interface SandboxExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Which of our limits made us kill it; null when we did not. */
  readonly killedFor: string | null;
  /** The last that it wrote to its error output. */
  readonly complaint: string;
}

const pollMs = 50;
const pageBytes = 4_096;
const complaintChars = 4_000;
const oldSpaceMb = 128;

/**
 * A Node process under limits, as low priority and with an empty environment, killed with SIGKILL.
 *
 * The kernel enforces private memory (RLIMIT_DATA; an address space limit would not let WebAssembly start) and CPU time,
 * so both hold even when this process dies; resident memory, wall clock and stalls are watched from here.
 * Outside Linux only processor time, wall clock and stalls are limited.
 */
export class SandboxProcess {
  readonly exited: Promise<SandboxExit>;
  private readonly child: ChildProcess;
  private readonly timers: NodeJS.Timeout[] = [];
  private killedFor: string | null = null;
  private complaint = '';

  constructor(
    scriptPath: string,
    private readonly limits: SandboxLimits,
    onMessage: (message: unknown) => void,
  ) {
    const kilobytes = Math.ceil(limits.memoryBytes / 1024);
    const bounds = `ulimit -c 0; ulimit -d ${kilobytes}; ulimit -S -t ${limits.cpuSeconds}; ulimit -H -t ${limits.cpuSeconds + 5}`;
    const script = `{ ${bounds}; } 2>/dev/null; exec "$0" "$@"`;
    this.child = spawn('/bin/sh', ['-c', script, process.execPath, `--max-old-space-size=${oldSpaceMb}`, scriptPath], {
      env: {},
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.exited = this.watch(onMessage);
  }

  send(message: object): void {
    // The child may be gone already; then its exit says why.
    this.child.send(message, () => undefined);
  }

  kill(reason: string): void {
    this.killedFor ??= reason;
    this.child.kill('SIGKILL');
  }

  private watch(onMessage: (message: unknown) => void): Promise<SandboxExit> {
    const { wallClockMs, stallMs } = this.limits;
    const stall = setTimeout(() => this.kill('it stood still'), stallMs);
    this.timers.push(
      stall,
      setTimeout(() => this.kill('it took too long'), wallClockMs),
    );
    this.timers.push(setInterval(() => void this.checkMemory(), pollMs));
    this.child.on('message', (message) => {
      stall.refresh();
      onMessage(message);
    });
    this.child.stderr?.setEncoding('latin1').on('data', (text: string) => {
      this.complaint = (this.complaint + text).slice(-complaintChars);
    });
    return new Promise((resolve, reject) => {
      this.child.once('spawn', () => this.lowerPriority());
      this.child.once('error', (error) => this.settle(() => reject(error)));
      this.child.once('close', (code, signal) =>
        this.settle(() => resolve({ code, signal, killedFor: this.killedFor, complaint: this.complaint })),
      );
    });
  }

  private settle(finish: () => void): void {
    for (const timer of this.timers) clearTimeout(timer);
    finish();
  }

  private lowerPriority(): void {
    try {
      if (this.child.pid !== undefined) setPriority(this.child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    } catch {
      // It ended already, or this machine does not allow it: decoding goes on as it is.
    }
  }

  private async checkMemory(): Promise<void> {
    const statm = await readFile(`/proc/${this.child.pid}/statm`, 'latin1').catch(() => '');
    const residentPages = Number(statm.split(' ')[1] ?? 0);
    if (residentPages * pageBytes > this.limits.memoryBytes) this.kill('it used too much memory');
  }
}
