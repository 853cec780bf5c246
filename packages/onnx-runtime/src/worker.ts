// Entry of a pool worker: holds sessions of one thread each and runs one job at a time, as the pool tells it.
import { parentPort } from 'node:worker_threads';
import type { JobAnswer, JobMessage } from './pool-protocol.js';
import { createSession, type Session } from './session.js';
import type { TensorValue } from './tensor.js';

const port = parentPort;
if (!port) throw new Error('this file is the entry of a worker thread');
const sessions = new Map<string, Session>();

async function sessionFor({ modelKey, model, evict }: JobMessage): Promise<Session> {
  for (const key of evict) {
    await sessions.get(key)?.close();
    sessions.delete(key);
  }
  const held = sessions.get(modelKey);
  if (held) return held;
  if (!model) throw new Error(`the worker was not given the model ${modelKey}`);
  const session = await createSession(model, { threads: 1 });
  sessions.set(modelKey, session);
  return session;
}

/** The buffers of the outputs move to the pool without a copy; each is listed once. */
function buffersOf(outputs: Readonly<Record<string, TensorValue>>): ArrayBuffer[] {
  const buffers = Object.values(outputs).map(({ data }) => data.buffer);
  return [...new Set(buffers)].filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer);
}

port.on('message', (job: JobMessage) => {
  void (async () => {
    try {
      const outputs = await (await sessionFor(job)).run(job.feeds);
      port.postMessage({ jobId: job.jobId, outputs } satisfies JobAnswer, buffersOf(outputs));
    } catch (error) {
      // The pool forgets the model of a failed job, and so does the worker.
      await sessions.get(job.modelKey)?.close();
      sessions.delete(job.modelKey);
      const message = error instanceof Error ? error.message : String(error);
      port.postMessage({ jobId: job.jobId, error: message } satisfies JobAnswer);
    }
  })();
});
