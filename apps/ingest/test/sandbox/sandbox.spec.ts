import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readlink, truncate } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeWavHeader } from '@earmark/audio';
import { eventually } from '@earmark/testkit';
import { SandboxProcess, type SandboxLimits } from '../../src/outbound/sandbox/process.js';
import { SandboxedDecoder } from '../../src/outbound/sandboxed-decoder.js';
import { SandboxWorkshop } from '../support/sandbox-workshop.js';

/** 44.1 kHz, mono, 16 bits. */
const bytesPerSecond = 88_200;

let workshop: SandboxWorkshop;
/** Four sparse hours: left alone, a decoder would be busy for far longer than we wait. */
let hours: string;
beforeAll(async () => {
  workshop = await SandboxWorkshop.open();
  const dataBytes = 4 * 3_600 * bytesPerSecond;
  const header = writeWavHeader({ sampleRateHz: 44_100, channels: 1, bitsPerSample: 16, dataBytes });
  hours = await workshop.place('hours.wav', header);
  await truncate(hours, header.length + dataBytes);
});
afterAll(() => workshop.close());

const generous: SandboxLimits = { memoryBytes: 640 * 1_048_576, cpuSeconds: 60, wallClockMs: 50_000, stallMs: 50_000 };
const noSignal = new AbortController().signal;

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
    const decoding = workshop.decoder().decode(hours, controller.signal);
    await eventually(async () => expect(await decodersOn(hours)).toHaveLength(1));
    controller.abort(new Error('enough'));
    await expect(decoding).rejects.toThrow('enough');
    expect((await readdir(workshop.folder)).filter((name) => name.startsWith('decode-'))).toEqual([]);
  });

  it('refuses to begin when cancelled already', async () => {
    await expect(workshop.decoder().decode('any', AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });

  it('says limits_exceeded when time runs out', async () => {
    const slow = await workshop.verdictOn(hours, { wallClockMs: 1_000 });
    expect(slow).toMatchObject({ outcome: 'rejected', code: 'limits_exceeded', message: expect.stringContaining('too long') });
  });

  it('refuses to be built with less memory than Node needs', () => {
    expect(() => workshop.decoder({ memoryBytes: 1_000_000 })).toThrow(RangeError);
  });

  it('tells a fault of the machine from a fault of the file', async () => {
    const broken = { code: 'service_unavailable' };
    await expect(workshop.verdictOn(`${workshop.folder}/absent.wav`)).rejects.toMatchObject(broken);
    const nowhere = new SandboxedDecoder({ workDir: `${workshop.folder}/absent` });
    await expect(nowhere.decode('any', noSignal)).rejects.toThrow('ENOENT');
  });

  it('does not outlive its parent', async () => {
    const decoder = new URL('../../outbound/sandboxed-decoder.js', import.meta.url).href;
    const script = `
      import { SandboxedDecoder } from '${decoder}';
      void new SandboxedDecoder({ workDir: '${workshop.folder}' }).decode('${hours}', new AbortController().signal);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    await eventually(async () => expect(await decodersOn(hours)).toHaveLength(1));
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await eventually(async () => expect(await decodersOn(hours)).toEqual([]));
  });

  it('blames nobody but the machine when something else kills it', async () => {
    const decoding = expect(workshop.verdictOn(hours)).rejects.toMatchObject({ code: 'service_unavailable' });
    await eventually(async () => expect(await decodersOn(hours)).toHaveLength(1));
    for (const pid of await decodersOn(hours)) process.kill(Number(pid), 'SIGKILL');
    await decoding;
  });
});

async function decodersOn(file: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const open = await Promise.all(pids.map((pid) => openFiles(pid)));
  return pids.filter((_, i) => open[i]?.includes(file));
}

async function openFiles(pid: string): Promise<string[]> {
  const handles = await readdir(`/proc/${pid}/fd`).catch(() => []);
  return Promise.all(handles.map((handle) => readlink(`/proc/${pid}/fd/${handle}`).catch(() => '')));
}
