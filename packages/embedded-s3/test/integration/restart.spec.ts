import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EmbeddedS3 } from '../../src/index.js';
import { BUCKET, clientOf, dataFiles, drain, keys, md5, noise } from '../running-server.js';

const MAIN = fileURLToPath(new URL('../../main.js', import.meta.url));
let dir = '';
const children: ChildProcess[] = [];

beforeEach(async () => {
  dir = await fs.mkdtemp(path.join(os.tmpdir(), 'earmark-s3-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await fs.rm(dir, { recursive: true });
});

/** The server as the launcher runs it: a process of its own. */
async function spawnServer(): Promise<{ child: ChildProcess; endpoint: string }> {
  const env = { ...process.env, EARMARK_S3_ACCESS_KEY: keys.accessKey, EARMARK_S3_SECRET_KEY: keys.secretKey };
  const child = spawn(process.execPath, [MAIN, '--dir', dir, '--port', '0'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, endpoint: /ready at (\S+)/.exec(line)?.[1] ?? '' };
  }
  throw new Error('the server ended before it was ready');
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  const exited = once(child, 'exit');
  child.kill(signal);
  return (await exited)[0];
}

describe('the server as a process', () => {
  it('keeps objects and open uploads over a clean stop', async () => {
    const first = await spawnServer();
    const client = clientOf(first.endpoint);
    await client.makeBucket(BUCKET);
    await client.putObject(BUCKET, 'kept ż', Buffer.from('bytes'), 5, { 'Content-Type': 'audio/wav' });
    const uploadId = await client.initiateNewMultipartUpload(BUCKET, 'parts', { 'content-type': 'audio/flac' });
    const part = (partNumber: number) => ({
      bucketName: BUCKET,
      objectName: 'parts',
      uploadID: uploadId,
      partNumber,
      headers: {},
    });
    const one = await client.uploadPart(part(1), noise(5 * 1024 * 1024));
    expect(await end(first.child, 'SIGTERM')).toBe(0);

    const again = clientOf((await spawnServer()).endpoint);
    const two = await again.uploadPart(part(2), Buffer.from('tail'));
    await again.completeMultipartUpload(BUCKET, 'parts', uploadId, [one, two]);
    const whole = await drain(await again.getObject(BUCKET, 'parts'));
    expect(md5(whole)).toBe(md5(Buffer.concat([noise(5 * 1024 * 1024), Buffer.from('tail')])));
    expect((await again.statObject(BUCKET, 'parts')).metaData).toMatchObject({ 'content-type': 'audio/flac' });
    expect((await again.statObject(BUCKET, 'kept ż')).size).toBe(5);
  });

  it('keeps every acknowledged object over kill -9, and nothing half written', async () => {
    const first = await spawnServer();
    const client = clientOf(first.endpoint);
    await client.makeBucket(BUCKET);
    const sent = new Map(Array.from({ length: 200 }, (_, index) => [`k/${index}`, noise(50_000 + index, index + 1)]));
    const acknowledged = new Set<string>();
    const uploads = [...sent].map(async ([key, bytes]) => {
      await client.putObject(BUCKET, key, bytes, bytes.length);
      acknowledged.add(key);
      if (acknowledged.size === 40) first.child.kill('SIGKILL');
    });
    const results = await Promise.allSettled(uploads);
    expect(results.some(({ status }) => status === 'rejected')).toBe(true);

    const again = clientOf((await spawnServer()).endpoint);
    const found = new Set<string>();
    for await (const item of again.listObjectsV2(BUCKET, '', true)) found.add((item as { name: string }).name);
    expect([...acknowledged].filter((key) => !found.has(key))).toEqual([]);
    for (const key of found) {
      expect(md5(await drain(await again.getObject(BUCKET, key)))).toBe(md5(sent.get(key) ?? Buffer.alloc(0)));
    }
    expect(await dataFiles(dir)).toHaveLength(found.size);
  });

  it('says in a sentence why it cannot start', async () => {
    await spawnServer();
    await expect(EmbeddedS3.start({ dir, ...keys })).rejects.toThrow(/Another embedded S3 server \(process \d+\) works in/);
  });

  it('starts over the lock and the rubbish of a dead one', async () => {
    await fs.mkdir(path.join(dir, 'data'));
    await fs.writeFile(path.join(dir, 'server.lock'), JSON.stringify({ pid: process.pid, startedAt: '1' }));
    await fs.writeFile(path.join(dir, 'data', 'half-written'), 'x');
    const server = await EmbeddedS3.start({ dir, ...keys });
    expect(await dataFiles(dir)).toEqual([]);
    await server.stop();
  });
});

describe('a large index', () => {
  it('is there after a restart, sorted, and its journal stops growing', async () => {
    const count = 10_000;
    const key = (index: number) => `n/${String((index * 7919) % count).padStart(5, '0')}`;
    const put = (index: number) => [
      {
        do: 'put',
        bucket: BUCKET,
        object: { key: key(index), etag: 'e', sizeBytes: 0, modifiedMs: 0, headers: {}, segments: [] },
      },
    ];
    const lines = [[{ do: 'create-bucket', bucket: BUCKET, createdMs: 0 }]] as unknown[];
    for (let index = 0; index < 3 * count; index += 1) lines.push(put(index)); // each key three times
    await fs.writeFile(path.join(dir, 'journal.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const server = await EmbeddedS3.start({ dir, ...keys });
    const listed: string[] = [];
    for await (const item of clientOf(server.endpoint).listObjectsV2(BUCKET, '', true))
      listed.push((item as { name: string }).name);
    expect(listed).toEqual(Array.from({ length: count }, (_, index) => `n/${String(index).padStart(5, '0')}`));
    await server.stop();
    const journal = await fs.readFile(path.join(dir, 'journal.ndjson'), 'utf8');
    expect(journal.split('\n')).toHaveLength(count + 2);
  });
});
