import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Problem } from '@earmark/contracts';
import { problemBody } from './answers.js';

export interface EventStream {
  readonly response: ServerResponse;
  /** The name of every event. */
  readonly name: string;
  readonly values: AsyncGenerator<unknown, void>;
  readonly requestId: string;
  readonly heartbeatMs: number;
  readonly signal: AbortSignal;
}

/**
 * Sends values as server-sent events until there are no more or the client goes. What fails before the first value is thrown (and
 * answered as usual); a later problem is the stream's last event, named `problem`.
 */
export async function sendEvents(stream: EventStream): Promise<void> {
  const { response, values, heartbeatMs } = stream;
  const first = await values.next();
  response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
  const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs);
  try {
    for (let next = first; next.done !== true; next = await values.next()) await send(stream, stream.name, next.value);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await send(stream, 'problem', problemBody(error, stream.requestId));
  } finally {
    clearInterval(heartbeat);
    await values.return();
    response.end();
  }
}

async function send({ response, signal }: EventStream, name: string, value: unknown): Promise<void> {
  if (signal.aborted || response.write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`)) return;
  // A client that does not read: wait for it, or for its end.
  await once(response, 'drain', { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
