import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'minio';
import { EmbeddedS3, type EmbeddedS3Options } from '../src/index.js';

export const keys = { accessKey: 'test-access', secretKey: 'test-secret' };
export const BUCKET = 'audio';

/** A server in a folder of its own, with one bucket. */
export interface RunningServer {
  readonly server: EmbeddedS3;
  readonly client: Client;
  readonly dir: string;
  readonly stop: () => Promise<void>;
}

export async function startServer(options: Partial<EmbeddedS3Options> = {}): Promise<RunningServer> {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'earmark-s3-'));
  const server = await EmbeddedS3.start({ dir, ...keys, ...options });
  const client = clientOf(server.endpoint);
  await client.makeBucket(BUCKET);
  const stop = async () => {
    await server.stop();
    await fs.rm(dir, { recursive: true });
  };
  return { server, client, dir, stop };
}

/** The vendor's client, as users of the platform have it. */
export function clientOf(endpoint: string, { secretKey = keys.secretKey, partBytes = 16 * 1024 * 1024 } = {}): Client {
  const { hostname, port } = new URL(endpoint);
  return new Client({
    endPoint: hostname,
    port: Number(port),
    useSSL: false,
    accessKey: keys.accessKey,
    secretKey,
    region: 'us-east-1',
    partSize: partBytes,
    retryOptions: { disableRetry: true },
  });
}

export const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

/** Reads a stream to its end. */
export async function drain(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** `count` bytes without a short period. */
export function noise(count: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(count);
  let state = seed;
  for (let index = 0; index < count; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** Files of bytes that the server keeps. */
export async function dataFiles(dir: string): Promise<string[]> {
  return (await fs.readdir(path.join(dir, 'data'))).sort();
}
