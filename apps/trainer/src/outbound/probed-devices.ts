import { Problem, type Device } from '@earmark/contracts';
import { chooseDevice, probeDevice } from '@earmark/onnx-runtime';
import type { Devices } from '../ports.js';

type RuntimeDevice = Parameters<typeof probeDevice>[0];

/** The devices of this machine; each is tried once per process, when somebody asks for it. */
export class ProbedDevices implements Devices {
  /** @param order what `auto` tries; cpu is always the last resort */
  constructor(private readonly order: readonly RuntimeDevice[]) {}

  async choose(asked: Device): Promise<string> {
    switch (asked) {
      case 'auto':
        return chooseDevice(this.order);
      case 'tfjs-gpu': // only the learning process can tell, by loading TensorFlow
      case 'cpu':
        return asked;
      case 'cuda':
      case 'webgpu': {
        const status = await probeDevice(asked);
        if (status.available) return asked;
        throw new Problem('device_unavailable', `The device ${asked} is not available on the training machine: ${status.reason}`);
      }
    }
  }

  async has(device: string): Promise<boolean> {
    return device === 'cpu' || (await probeDevice(device as RuntimeDevice)).available;
  }
}
