import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';

const HEADERS_MS = 15_000;
const KEEP_ALIVE_MS = 65_000;

const sentences: Readonly<Record<number, string>> = {
  400: 'The request is not valid HTTP.',
  408: 'The headers of the request did not arrive in time.',
  431: 'The headers of the request are larger than 16 KiB.',
};

/**
 * Limits against slow and broken clients. Headers must be complete within 15 s and fit Node's 16 KiB; bodies are timed by the routes
 * that read them (an upload may take an hour), which is why the server itself has no limit for whole requests.
 */
export function limitServer(server: Server): void {
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = 0;
  // Longer than the idle time of the usual load balancers (60 s), so that they close first.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('clientError', answerBrokenRequest);
}

/** What never became a request is answered in the same form as every other error. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = statusOf(error.code);
  const title = STATUS_CODES[status] ?? 'Bad Request';
  const body = JSON.stringify({
    type: 'about:blank',
    title,
    status,
    detail: sentences[status],
    code: 'malformed_request',
    request_id: '',
  });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function statusOf(code: string | undefined): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}
