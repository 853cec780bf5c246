import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink, truncate } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@earmark/testkit';
import { SandboxProcess } from '../../src/outbound/sandbox-process.js';
import type { SandboxLimits } from '../../src/outbound/sandbox-process.js';
import { DecoderBroken, SandboxedDecoder } from '../../src/outbound/sandboxed-decoder.js';
import { tone16, wavFile } from './hostile-files.js';
import { Workshop } from './workshop.js';

let workshop: Workshop;
/** Five minutes of a tone: long enough to be caught while it is decoded. */
let path: string;
beforeAll(async () => {
  workshop = await Workshop.open();
  path = await workshop.place('long.wav', wavFile({ sampleRateHz: 44_100, data: Buffer.alloc(300 * 88_200, tone16(44_100)) }));
});
afterAll(() => workshop.close());

const generous: SandboxLimits = { memoryBytes: 640 * 1_048_576, cpuSeconds: 60, wallClockMs: 50_000, stallMs: 50_000 };

/** Runs a script in the sandbox and returns its end and what it said. */
async function run(source: string, limits: Partial<SandboxLimits>) {
  const script = await workshop.place(`${Math.random()}.mjs`, Buffer.from(source));
  const messages: unknown[] = [];
  const child = new SandboxProcess(script, { ...generous, ...limits }, (message) => messages.push(message));
  return { exit: await child.exited, messages };
}

describe('a sandboxed process', () => {
  it('is killed when it gives no sign of life', async () => {
    expect((await run('for (;;);', { stallMs: 300 })).exit).toMatchObject({ signal: 'SIGKILL', killedFor: 'it stood still' });
  });

  it('is killed when it takes too long, whatever it says', async () => {
    const { exit, messages } = await run('setInterval(() => process.send(1), 20);', { stallMs: 5_000, wallClockMs: 1_000 });
    expect(exit).toMatchObject({ signal: 'SIGKILL', killedFor: 'it took too long' });
    expect(messages.length).toBeGreaterThan(0);
  });

  it('is stopped by the kernel when its processor time is used up', async () => {
    expect((await run('for (;;);', { cpuSeconds: 1 })).exit).toMatchObject({ signal: 'SIGXCPU', killedFor: null });
  });

  it('gets no more memory than allowed', async () => {
    const hog = 'const all = []; for (;;) all.push(new Uint8Array(4e6).fill(1));';
    const { exit } = await run(hog, { memoryBytes: 400 * 1_048_576 });
    expect(`${exit.killedFor} ${exit.complaint}`).toMatch(/too much memory|allocation failed/i);
  });

  it('sees nothing of the environment', async () => {
    const { messages } = await run('process.send(Object.keys(process.env), () => process.exit(0));', {});
    const allowed = new Set(['PWD', 'OLDPWD', 'SHLVL', '_', 'LC_CTYPE']);
    expect((messages[0] as string[]).filter((name) => !allowed.has(name))).toEqual([]);
  });
});

describe('the decoder in its sandbox', () => {
  it('stops at once when cancelled, and cleans up', async () => {
    const controller = new AbortController();
    const decoding = workshop
      .decoder()
      .decode({ path }, { signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) });
    await expect(decoding).rejects.toThrow('enough');
    expect((await readdir(workshop.folder)).filter((name) => name.startsWith('decode-'))).toEqual([]);
  });

  it('refuses to begin when cancelled already', async () => {
    await expect(
      workshop.decoder().decode({ path: 'any' }, { signal: AbortSignal.abort(new Error('too late')) }),
    ).rejects.toThrow('too late');
  });

  it('says limits_exceeded when time runs out', async () => {
    const slow = await workshop.decoder({ wallClockMs: 250 }).decode({ path });
    expect(slow).toMatchObject({ outcome: 'rejected', code: 'limits_exceeded', message: expect.stringContaining('too long') });
  });

  it('refuses to be built with less memory than Node needs', () => {
    expect(() => workshop.decoder({ memoryBytes: 1_000_000 })).toThrow(RangeError);
  });

  it('tells a fault of the machine from a fault of the file', async () => {
    await expect(workshop.decoder().decode({ path: `${workshop.folder}/absent.wav` })).rejects.toThrow(DecoderBroken);
    await expect(new SandboxedDecoder({ workDir: `${workshop.folder}/absent` }).decode({ path: 'any' })).rejects.toThrow(
      'ENOENT',
    );
  });

  it('does not outlive its parent', async () => {
    const decoder = new URL('../../outbound/sandboxed-decoder.js', import.meta.url).href;
    // Four sparse hours: left alone, the decoder would be busy for far longer than we wait.
    const hours = await workshop.place('hours.wav', wavFile({ sampleRateHz: 44_100, declaredDataBytes: 0xffff_ffff }));
    await truncate(hours, 4 * 3_600 * 88_200);
    const parent = spawn(process.execPath, ['--input-type=module', '-e', dyingParent(decoder, hours, workshop.folder)], {
      stdio: 'ignore',
    });
    const [, signal] = (await once(parent, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    await eventually(async () => expect(await decodersOn(hours)).toEqual([]));
  });

  it('blames nobody but the machine when something else kills it', async () => {
    const decoding = workshop.decoder().decode({ path }, { onProgress: () => void killDecoders() });
    await expect(decoding).rejects.toThrow(DecoderBroken);
  });
});

/** A process that decodes and dies in the middle, leaving its decoder behind. */
const dyingParent = (decoder: string, file: string, folder: string) => `
  import { SandboxedDecoder } from '${decoder}';
  const decoding = new SandboxedDecoder({ workDir: '${folder}' });
  await decoding.decode({ path: '${file}' }, { onProgress: () => process.kill(process.pid, 'SIGKILL') });
`;

async function decodersOn(file: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const open = await Promise.all(pids.map((pid) => openFiles(pid)));
  return pids.filter((_, i) => open[i]?.includes(file));
}

async function openFiles(pid: string): Promise<string[]> {
  const handles = await readdir(`/proc/${pid}/fd`).catch(() => []);
  return Promise.all(handles.map((handle) => readlink(`/proc/${pid}/fd/${handle}`).catch(() => '')));
}

/** Kills the decoder processes that are children of this one. */
async function killDecoders(): Promise<void> {
  const children = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8');
  for (const pid of children.trim().split(' ').filter(Boolean).map(Number)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('decoding/child.js')) process.kill(pid, 'SIGKILL');
  }
}
