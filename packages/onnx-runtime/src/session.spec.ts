import { describe, expect, it } from '@jest/globals';
import { chooseDevice, probeDevice } from './devices.js';
import { PROBE_MODEL } from './probe-model.js';
import { createSession } from './session.js';
import { float32Data, float32Tensor } from './tensor.js';

describe('createSession', () => {
  it('runs a model in this thread and names its inputs and outputs', async () => {
    const session = await createSession(PROBE_MODEL, { threads: 2 });
    const outputs = await session.run({ x: float32Tensor(Float32Array.of(1, 2, 3), [3]) });
    expect([...float32Data(outputs, 'y')]).toEqual([2, 4, 6]);
    expect([session.inputNames, session.outputNames]).toEqual([['x'], ['y']]);
    await session.close();
    await session.close();
  });

  it('rejects bytes that are not a model', async () => {
    await expect(createSession(Uint8Array.of(1, 2, 3))).rejects.toThrow();
  });
});

describe('float32Tensor', () => {
  it('refuses data that does not fill the shape', () => {
    expect(() => float32Tensor(new Float32Array(5), [2, 3])).toThrow('[2, 3] needs 6 values, got 5');
  });
});

describe('probeDevice', () => {
  it('finds the CPU, once', async () => {
    expect(await probeDevice('cpu')).toEqual({ device: 'cpu', available: true });
    expect(probeDevice('cpu')).toBe(probeDevice('cpu'));
  });

  it('says why a device is unavailable, or that it computes', async () => {
    const status = await probeDevice('cuda');
    if (status.available) expect(status.device).toBe('cuda');
    else expect(status.reason).toMatch(/cuda|provider/i);
  });

  it('falls back to the CPU', async () => {
    expect(await chooseDevice(['cpu'])).toBe('cpu');
    expect(await chooseDevice([])).toBe('cpu');
  });
});
