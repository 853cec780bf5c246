import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EmbeddedS3 } from '@earmark/embedded-s3';
import { MinioBlobStore, type MinioBlobStoreOptions, networkHttp } from '../src/index.js';
import type { BlobStoreHarness } from '../src/conformance.js';

const HOUR_MS = 3_600_000;

/** Stores over a real S3 server, one of them with a clock that is an hour late. */
export function harnessOver(options: Omit<MinioBlobStoreOptions, 'now'>, stop: () => Promise<void>): BlobStoreHarness {
  const store = new MinioBlobStore({ ...options, now: () => new Date() });
  const lateStore = new MinioBlobStore({ ...options, now: () => new Date(Date.now() - HOUR_MS) });
  const close = async () => {
    store.close();
    lateStore.close();
    await stop();
  };
  return { store, lateStore, http: networkHttp, close };
}

/** An embedded server in a folder of its own, and how to reach it. */
export async function startEmbedded(): Promise<{
  options: Omit<MinioBlobStoreOptions, 'now'>;
  dataDir: string;
  stop: () => Promise<void>;
}> {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'earmark-blob-store-'));
  const keys = { accessKey: 'conformance', secretKey: 'conformance-secret' };
  const server = await EmbeddedS3.start({ dir, ...keys });
  const stop = async () => {
    await server.stop();
    await fs.rm(dir, { recursive: true });
  };
  return { options: { endpoint: server.endpoint, bucket: 'earmark-test', ...keys }, dataDir: path.join(dir, 'data'), stop };
}
