import type { IncomingMessage } from 'node:http';

const MAX_MS = 10_000;
const MAX_BYTES = 1024 ** 3;

/**
 * Throws away what a client is still sending after it was answered, for a while and up to a bound: a connection that is reset at once
 * would take the answer with it before the client has read it. Behind the bound the connection is cut.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let sizeBytes = 0;
  const timer = setTimeout(() => request.destroy(), MAX_MS).unref();
  request.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BYTES) request.destroy();
  });
  request.on('close', () => clearTimeout(timer));
  request.resume();
}
