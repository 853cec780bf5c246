// Loopback ports: find a free one, see whether one is taken, talk to one briefly.
import net from 'node:net';

export const LOOPBACK = '127.0.0.1';

/** A port that was free a moment ago, 1024-65535. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Why nobody may listen on `port` (an errno code such as EADDRINUSE or EACCES), or undefined when it is free. */
export function portProblem(port) {
  return new Promise((resolve) => {
    const server = net.createServer().once('error', (error) => resolve(error.code));
    server.listen(port, LOOPBACK, () => server.close(() => resolve(undefined)));
  });
}

/** `wanted` when it is free, else another port: a server that moved must not stop the platform. */
export async function portOr(wanted) {
  return wanted && (await portProblem(wanted)) === undefined ? wanted : freePort();
}

/** Connects, sends `greeting` (a Buffer or nothing) and resolves with the first bytes that come back; rejects after `timeoutMs`. */
export function firstReply(host, port, greeting, timeoutMs = 1_000) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    const done = (settle, value) => {
      socket.destroy();
      settle(value);
    };
    socket.setTimeout(timeoutMs, () => done(reject, new Error(`No answer from port ${port} within ${timeoutMs} ms.`)));
    socket.once('error', (error) => done(reject, error));
    socket.once('close', () => reject(new Error(`Port ${port} closed the connection without an answer.`)));
    socket.once('data', (bytes) => done(resolve, bytes));
    socket.once('connect', () => greeting && socket.write(greeting));
  });
}
