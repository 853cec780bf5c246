import fs from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CopyConditions } from 'minio';
import { BUCKET, clientOf, drain, md5, noise, type RunningServer, startServer } from '../running-server.js';

const ten = noise(10_000_000);
const thirty = noise(30_000_000, 7);
let running: RunningServer;

beforeAll(async () => {
  running = await startServer();
  await running.client.putObject(BUCKET, 'a/ten.bin', ten, ten.length, { 'Content-Type': 'audio/wav', 'X-Amz-Meta-Take': '3' });
});
afterAll(() => running.stop());

const client = () => running.client;
const inParts = () => clientOf(running.server.endpoint, { partBytes: 5 * 1024 * 1024 });
const names = async (stream: AsyncIterable<unknown>) => {
  const found: string[] = [];
  for await (const item of stream)
    found.push((item as { name?: string; prefix?: string; key?: string }).name ?? (item as { prefix?: string }).prefix ?? '');
  return found;
};

describe('the minio client on the embedded server', () => {
  it('sees which buckets exist', async () => {
    expect(await client().bucketExists(BUCKET)).toBe(true);
    expect(await client().bucketExists(`${BUCKET}-not`)).toBe(false);
    await expect(client().makeBucket(BUCKET)).rejects.toMatchObject({ code: 'BucketAlreadyOwnedByYou' });
    await client().makeBucket('short-lived');
    expect((await client().listBuckets()).map(({ name }) => name)).toEqual([BUCKET, 'short-lived']);
    await expect(client().removeBucket(BUCKET)).rejects.toMatchObject({ code: 'BucketNotEmpty' });
    await client().removeBucket('short-lived');
    expect(await client().bucketExists('short-lived')).toBe(false);
  });

  it('keeps bytes, ETag and metadata', async () => {
    expect(md5(await drain(await client().getObject(BUCKET, 'a/ten.bin')))).toBe(md5(ten));
    const stat = await client().statObject(BUCKET, 'a/ten.bin');
    expect(stat).toMatchObject({ size: ten.length, etag: md5(ten), metaData: { 'content-type': 'audio/wav', take: '3' } });
  });

  it('takes streams of known and of unknown length', async () => {
    await client().putObject(BUCKET, 'a/known.bin', Readable.from([ten]), ten.length);
    await inParts().putObject(BUCKET, 'a/unknown.bin', Readable.from([thirty]));
    expect((await client().statObject(BUCKET, 'a/known.bin')).etag).toBe(md5(ten));
    expect(md5(await drain(await client().getObject(BUCKET, 'a/unknown.bin')))).toBe(md5(thirty));
  });

  it('takes files in parts, and reads across their borders', async () => {
    const source = path.join(running.dir, 'source.bin');
    await fs.writeFile(source, thirty);
    await inParts().fPutObject(BUCKET, 'a/thirty.bin', source, {});
    expect((await client().statObject(BUCKET, 'a/thirty.bin')).etag).toMatch(/^[0-9a-f]{32}-6$/);
    expect(md5(await drain(await client().getObject(BUCKET, 'a/thirty.bin')))).toBe(md5(thirty));
    const border = 5 * 1024 * 1024 - 10;
    const across = await drain(await client().getPartialObject(BUCKET, 'a/thirty.bin', border, 20));
    expect(across).toEqual(thirty.subarray(border, border + 20));
  });

  it('honours presigned URLs, and only those', async () => {
    const put = await client().presignedPutObject(BUCKET, 'p/put.bin', 600);
    expect((await fetch(put, { method: 'PUT', body: new Blob([Uint8Array.from(ten)]) })).status).toBe(200);
    const query = { 'response-content-disposition': 'attachment; filename="x.wav"', 'response-content-type': 'text/plain' };
    const get = await client().presignedGetObject(BUCKET, 'p/put.bin', 600, query);
    const part = await fetch(get, { headers: { range: 'bytes=0-9' } });
    expect([part.status, part.headers.get('content-disposition'), part.headers.get('content-type')]).toEqual([
      206,
      'attachment; filename="x.wav"',
      'text/plain',
    ]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(ten.subarray(0, 10));
    const forged = get.replace(/X-Amz-Signature=[0-9a-f]{8}/, 'X-Amz-Signature=00000000');
    const late = await client().presignedGetObject(BUCKET, 'p/put.bin', 1, {}, new Date(Date.now() - 120_000));
    const early = await client().presignedGetObject(BUCKET, 'p/put.bin', 600, {}, new Date(Date.now() + 3_600_000));
    for (const url of [forged, late, early, get.split('?')[0] ?? '']) expect((await fetch(url)).status).toBe(403);
  });

  it('takes a form under the client’s own POST policy', async () => {
    const policy = client().newPostPolicy();
    policy.setBucket(BUCKET);
    policy.setKey('p/post.bin');
    policy.setExpires(new Date(Date.now() + 600_000));
    policy.setContentLengthRange(1, 20_000_000);
    const { postURL, formData } = await client().presignedPostPolicy(policy);
    const form = new FormData();
    for (const [name, value] of Object.entries(formData)) form.append(name, String(value));
    form.append('file', new Blob([Uint8Array.from(ten)]), 'ten.bin');
    const answer = await fetch(postURL, { method: 'POST', body: form });
    expect([answer.status, answer.headers.get('etag')]).toEqual([204, `"${md5(ten)}"`]);
    expect((await client().statObject(BUCKET, 'p/post.bin')).size).toBe(ten.length);
  });

  it('lists and forgets uploads that were begun', async () => {
    const id = await client().initiateNewMultipartUpload(BUCKET, 'p/begun.bin', {});
    const begun = async () => {
      const found: string[] = [];
      for await (const item of client().listIncompleteUploads(BUCKET, 'p/beg', true)) found.push((item as { key: string }).key);
      return found;
    };
    expect(await begun()).toEqual(['p/begun.bin']);
    await client().abortMultipartUpload(BUCKET, 'p/begun.bin', id);
    expect(await begun()).toEqual([]);
  });

  it('copies under conditions', async () => {
    const source = `/${BUCKET}/a/ten.bin`;
    await client().copyObject(BUCKET, 'c/copy.bin', source, new CopyConditions());
    expect(await client().statObject(BUCKET, 'c/copy.bin')).toMatchObject({ etag: md5(ten), metaData: { take: '3' } });
    const onlyOther = new CopyConditions();
    onlyOther.setMatchETag('0'.repeat(32));
    await expect(client().copyObject(BUCKET, 'c/never.bin', source, onlyOther)).rejects.toMatchObject({
      code: 'PreconditionFailed',
    });
    const notThis = new CopyConditions();
    notThis.setMatchETagExcept(md5(ten));
    await expect(client().copyObject(BUCKET, 'c/never.bin', source, notThis)).rejects.toMatchObject({
      code: 'PreconditionFailed',
    });
    await client().removeObject(BUCKET, 'c/copy.bin');
    expect(await names(client().listObjectsV2(BUCKET, 'c/', true))).toEqual([]);
    expect((await client().statObject(BUCKET, 'a/ten.bin')).size).toBe(ten.length);
  });

  it('lists folders and pages, in both versions', async () => {
    const keys = Array.from({ length: 1100 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
    for (let start = 0; start < keys.length; start += 100) {
      await Promise.all(keys.slice(start, start + 100).map((key) => client().putObject(BUCKET, key, Buffer.from('x'), 1)));
    }
    expect(await names(client().listObjectsV2(BUCKET, 'many/', true))).toEqual(keys);
    expect(await names(client().listObjects(BUCKET, 'many/', true))).toEqual(keys);
    expect(await names(client().listObjectsV2(BUCKET, '', false))).toEqual(['a/', 'many/', 'p/']);
    await client().removeObjects(BUCKET, keys);
    expect(await names(client().listObjectsV2(BUCKET, 'many/', true))).toEqual([]);
  });

  it('enforces If-None-Match on PUT', async () => {
    const again = client().putObject(BUCKET, 'a/ten.bin', Buffer.from('x'), 1, { 'If-None-Match': '*' });
    await expect(again).rejects.toMatchObject({ code: 'PreconditionFailed' });
  });

  it('names what is not there, and what it does not do', async () => {
    await expect(client().getObject(BUCKET, 'nope')).rejects.toMatchObject({ code: 'NoSuchKey' });
    await expect(client().getObject('no-such-bucket', 'nope')).rejects.toMatchObject({ code: 'NoSuchBucket' });
    await expect(client().setBucketVersioning(BUCKET, { Status: 'Enabled' })).rejects.toMatchObject({ code: 'NotImplemented' });
    await expect(client().setObjectTagging(BUCKET, 'a/ten.bin', { a: 'b' })).rejects.toMatchObject({ code: 'NotImplemented' });
  });

  it('turns a wrong secret away', async () => {
    const stranger = clientOf(running.server.endpoint, { secretKey: 'guessed' });
    await expect(stranger.getObject(BUCKET, 'a/ten.bin')).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  });
});
