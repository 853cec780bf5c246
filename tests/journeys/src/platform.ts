import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@earmark/testkit';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** What the launcher writes when everything serves (decision 1), with the processes it supervises. */
export interface Ready {
  gateway_url: string;
  docs_url: string;
  api_key: string;
  pid: number;
  processes: Record<string, number>;
}

/** A platform started the way a user starts it, with its data in a folder of its own. */
export class Platform {
  private child: ChildProcess | null = null;
  private log = '';

  constructor(readonly home: string = mkdtempSync(path.join(tmpdir(), 'earmark-journey-'))) {}

  /** `npm start`'s program; resolves when `ready.json` is there. Starting again finds the data of before. */
  async start(): Promise<void> {
    const port = await freePort();
    const child = spawn(process.execPath, ['infra/local/start.mjs', '--port', String(port)], {
      cwd: repository,
      env: { ...process.env, EARMARK_HOME: this.home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    await eventually(
      () => {
        if (child.exitCode !== null) throw new Error(`the platform did not start:\n${this.log.slice(-4000)}`);
        return this.ready();
      },
      { timeoutMs: 300_000, everyMs: 100 },
    );
  }

  ready(): Ready {
    return JSON.parse(readFileSync(path.join(this.home, 'ready.json'), 'utf8')) as Ready;
  }

  /** SIGKILLs a process the launcher supervises (`ingest`, `trainer`, `nats`, `postgres`, …). */
  kill(name: string): void {
    process.kill(this.pidOf(name), 'SIGKILL');
  }

  /** The process the launcher supervises under a name now. */
  pidOf(name: string): number {
    const pid = this.ready().processes[name];
    if (pid === undefined) throw new Error(`the launcher supervises no "${name}"`);
    return pid;
  }

  /** Ctrl-C, and waits until everything it started is gone. */
  async stop(): Promise<number | null> {
    const child = this.child;
    if (child === null) return null;
    this.child = null;
    if (child.exitCode !== null) return child.exitCode;
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    return ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
