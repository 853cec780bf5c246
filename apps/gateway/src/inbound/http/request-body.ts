import type { IncomingMessage } from 'node:http';
import { Problem } from '@earmark/contracts';

/** The client closed its side before the request was complete: nobody is left to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/** Problem `body_too_large` when the client announces more than the limit, before a byte is read. */
export function refuseAnnounced(request: IncomingMessage, limitBytes: number): void {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
}

export function tooLarge(limitBytes: number): Problem {
  return new Problem('body_too_large', `The body is larger than the ${limitBytes} bytes this route takes.`);
}

/**
 * The whole body. Problems: `body_too_large` as soon as more than `limitBytes` are announced or arrive, `request_timeout` when it is
 * not complete after `timeoutMs`. Throws {@link ClientGone} when the client aborts.
 */
export async function readBody(
  request: IncomingMessage,
  { limitBytes, timeoutMs }: { limitBytes: number; timeoutMs: number },
): Promise<Buffer> {
  refuseAnnounced(request, limitBytes);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
      settle();
    };
    const onData = (chunk: Buffer): void => {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) return finish(() => reject(tooLarge(limitBytes)));
      chunks.push(chunk);
    };
    const onEnd = (): void => finish(() => resolve(Buffer.concat(chunks, sizeBytes)));
    const onGone = (): void => finish(() => reject(new ClientGone()));
    const timer = setTimeout(() => finish(() => reject(tooSlow(timeoutMs))), timeoutMs);
    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}

export function tooSlow(timeoutMs: number): Problem {
  return new Problem('request_timeout', `The body did not arrive within ${Math.ceil(timeoutMs / 1000)} s.`);
}
