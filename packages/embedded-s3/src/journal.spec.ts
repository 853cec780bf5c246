import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Journal, type OpenFile } from './journal.js';

let dir = '';
const file = () => path.join(dir, 'journal');

beforeEach(async () => {
  dir = await fs.mkdtemp(path.join(os.tmpdir(), 'earmark-journal-'));
});
afterEach(() => fs.rm(dir, { recursive: true }));

async function readAll(): Promise<unknown[]> {
  const values: unknown[] = [];
  const journal = await Journal.open(file(), (value) => values.push(value));
  expect(journal.lines).toBeGreaterThanOrEqual(values.length);
  await journal.close();
  return values;
}

async function write(values: readonly unknown[], open?: OpenFile): Promise<void> {
  const journal = await Journal.open(file(), () => undefined, open);
  await journal.append(values).finally(() => journal.close());
}

describe('Journal', () => {
  it('gives back what was appended, in order, over restarts', async () => {
    await write([1, { two: 'zwei\n' }]);
    await write([3]);
    expect(await readAll()).toEqual([1, { two: 'zwei\n' }, 3]);
  });

  it.each([1, 5, 11])('forgets a last line torn %i bytes before its end, and appends behind the others', async (tornBytes) => {
    await write([{ n: 1 }]);
    await write([{ long: 'line' }]);
    await fs.truncate(file(), (await fs.stat(file())).size - tornBytes);
    expect(await readAll()).toEqual([{ n: 1 }]);
    await write([{ n: 2 }]);
    expect(await readAll()).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('passes over a damaged line', async () => {
    await fs.writeFile(file(), '1\n{"half":\n3\n');
    expect(await readAll()).toEqual([1, 3]);
  });

  it('takes back a line that the disk did not take whole', async () => {
    await write(['kept']);
    await expect(write(['x'.repeat(100)], diskOf({ roomBytes: 20 }))).rejects.toMatchObject({ code: 'XMinioStorageFull' });
    expect(await readAll()).toEqual(['kept']);
    expect(await fs.readFile(file(), 'utf8')).toBe('"kept"\n');
  });

  it('keeps what comes after a failed append apart from its remains', async () => {
    const disk = { roomBytes: 20 };
    const journal = await Journal.open(file(), () => undefined, diskOf(disk));
    await expect(journal.append(['x'.repeat(100)])).rejects.toMatchObject({ code: 'XMinioStorageFull' });
    disk.roomBytes = 1000;
    await journal.append(['after']);
    await journal.close();
    expect(await readAll()).toEqual(['after']);
  });

  it('can be rewritten in one step', async () => {
    const journal = await Journal.open(file(), () => undefined);
    await journal.append(['old', 'older']);
    await journal.rewrite(['new']);
    await journal.append(['newer']);
    expect(journal.lines).toBe(2);
    await journal.close();
    expect(await readAll()).toEqual(['new', 'newer']);
  });
});

/** A disk with room for so many bytes: writes are cut there, then fail as a full disk does. */
function diskOf(disk: { roomBytes: number }): OpenFile {
  return async (name, flags) => {
    const handle = await fs.open(name, flags);
    const write = handle.write.bind(handle) as (
      bytes: Uint8Array,
      offset: number,
      length: number,
    ) => ReturnType<typeof handle.write>;
    const limited = async (bytes: Uint8Array, offset: number, length: number) => {
      if (disk.roomBytes <= 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      const taken = Math.min(disk.roomBytes, length);
      disk.roomBytes -= taken;
      return write(bytes, offset, taken);
    };
    return Object.assign(handle, { write: limited });
  };
}
