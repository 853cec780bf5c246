import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Problem } from '@earmark/contracts';
import type { FromChild, ToChild } from '../learning/protocol.js';
import { LearnerCrashed } from '../ports.js';

const ENTRY = fileURLToPath(new URL('../learning/child.js', import.meta.url));
const COMPLAINT_CHARS = 2_000;

/** Handles a message; anything but undefined is the answer to the task. */
export type Handle<Answer> = (message: FromChild) => Answer | undefined | Promise<Answer | undefined>;

/**
 * One learning process. It gets no secrets: its environment is what the GPU libraries need. It dies when `signal` aborts, when `kill` is
 * called, and, because its channel closes, when this process dies.
 */
export class LearningProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;
  readonly #signal: AbortSignal;
  #complaint = '';

  constructor({ env, signal }: { readonly env: Readonly<Record<string, string>>; readonly signal: AbortSignal }) {
    signal.throwIfAborted();
    this.#signal = signal;
    this.#child = fork(ENTRY, [], {
      env: { ...env },
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-COMPLAINT_CHARS);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('close', (code, killedBy) => resolve(killedBy ?? `exit code ${code}`));
    });
    signal.addEventListener('abort', this.kill, { once: true });
  }

  /** Gives the process a task and hands on what it says, in order, until `handle` answers. Rejects with LearnerCrashed when it dies. */
  async run<Answer>(task: ToChild, handle: Handle<Answer>): Promise<Answer> {
    let heard: (message: FromChild) => void = () => undefined;
    try {
      const answered = new Promise<Answer>((resolve, reject) => {
        let before = Promise.resolve();
        heard = (message) => {
          before = before.then(async () => {
            const answer = await handle(refused(message));
            if (answer !== undefined) resolve(answer);
          });
          before.catch(reject);
        };
      });
      this.#child.on('message', heard);
      this.send(task);
      return await Promise.race([answered, this.#death()]);
    } catch (error) {
      this.kill();
      throw error;
    } finally {
      this.#child.off('message', heard);
    }
  }

  send(message: ToChild): void {
    // The process may be gone already; then its end is what `run` reports.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  readonly kill = (): void => {
    this.#signal.removeEventListener('abort', this.kill);
    this.#child.kill('SIGKILL');
  };

  async #death(): Promise<never> {
    const how = await this.#ended;
    this.#signal.throwIfAborted();
    throw new LearnerCrashed(`the learning process ended (${how}): ${this.#complaint.trim()}`);
  }
}

function refused(message: FromChild): FromChild {
  if (message.kind === 'refused') throw new Problem(message.code, message.detail);
  return message;
}
