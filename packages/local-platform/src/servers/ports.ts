// Loopback ports: find a free one, talk to one briefly.
import net from 'node:net';

export const LOOPBACK = '127.0.0.1';

/** `preferred` when it is free, else a port that was free a moment ago (1024-65535). */
export async function freePort(preferred?: number): Promise<number> {
  return (await listenable(preferred ?? 0)) ?? freePort();
}

/** The port that listening on `wanted` (0 for any) gives, or undefined when nobody may listen there. */
function listenable(wanted: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer().once('error', () => resolve(undefined));
    server.listen(wanted, LOOPBACK, () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Connects, sends `greeting` if there is one, and resolves with the first bytes that come back; rejects after `timeoutMs`. */
export function firstReply(host: string, port: number, greeting?: Buffer, timeoutMs = 1_000): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeoutMs, () => fail(new Error(`No answer from port ${port} within ${timeoutMs} ms.`)));
    socket.once('error', fail);
    socket.once('close', () => reject(new Error(`Port ${port} closed the connection without an answer.`)));
    socket.once('data', (bytes: Buffer) => {
      resolve(bytes);
      socket.destroy();
    });
    socket.once('connect', () => greeting && socket.write(greeting));
  });
}
