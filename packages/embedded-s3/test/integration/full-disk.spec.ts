import fs from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BUCKET, dataFiles, drain, noise, type RunningServer, startServer } from '../running-server.js';

let roomBytes = Infinity;
let running: RunningServer;

/** Opens files on a disk that has room for `roomBytes` more: a write takes what fits, the next one fails. */
async function openOnSmallDisk(file: string, flags: string): Promise<fs.FileHandle> {
  const handle = await fs.open(file, flags);
  const write = handle.write.bind(handle) as (
    bytes: Uint8Array,
    offset: number,
    length: number,
  ) => ReturnType<typeof handle.write>;
  const limited = async (bytes: Uint8Array, offset: number, length: number) => {
    const taken = Math.min(length, roomBytes);
    if (taken <= 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    roomBytes -= taken;
    return write(bytes, offset, taken);
  };
  return Object.assign(handle, { write: limited });
}

beforeEach(async () => {
  roomBytes = Infinity;
  running = await startServer({ openFile: openOnSmallDisk });
  await running.client.putObject(BUCKET, 'before', Buffer.from('before'), 6);
});
afterEach(() => running.stop());

describe('a full disk', () => {
  it.each([
    ['while bytes come in', 1_000_000],
    ['when all bytes are there but the journal has no room', 3_000_010],
  ])('is answered as such %s, and nothing stays behind', async (_, room) => {
    roomBytes = room;
    const full = running.client.putObject(BUCKET, 'before', noise(3_000_000), 3_000_000);
    await expect(full).rejects.toMatchObject({ code: 'XMinioStorageFull' });
    expect(await dataFiles(running.dir)).toHaveLength(1);
    expect((await drain(await running.client.getObject(BUCKET, 'before'))).toString()).toBe('before');
  });

  it('refuses a form with 507, and the connection goes on', async () => {
    const policy = running.client.newPostPolicy();
    policy.setBucket(BUCKET);
    policy.setKey('form');
    policy.setExpires(new Date(Date.now() + 600_000));
    const { postURL, formData } = await running.client.presignedPostPolicy(policy);
    const post = async () => {
      const form = new FormData();
      for (const [name, value] of Object.entries(formData)) form.append(name, String(value));
      form.append('file', new Blob([Uint8Array.from(noise(3_000_000))]), 'x');
      return fetch(postURL, { method: 'POST', body: form });
    };
    roomBytes = 100_000;
    const refused = await post();
    expect(refused.status).toBe(507);
    expect(await refused.text()).toContain('<Code>XMinioStorageFull</Code>');
    expect(await dataFiles(running.dir)).toHaveLength(1);
    roomBytes = Infinity;
    expect((await post()).status).toBe(204);
  });

  it('is over when there is room again', async () => {
    roomBytes = 0;
    await expect(running.client.putObject(BUCKET, 'later', Buffer.from('x'), 1)).rejects.toMatchObject({
      code: 'XMinioStorageFull',
    });
    roomBytes = Infinity;
    await running.client.putObject(BUCKET, 'later', Buffer.from('later'), 5);
    expect((await running.client.statObject(BUCKET, 'later')).size).toBe(5);
  });
});
