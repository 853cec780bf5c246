import { probeDevice } from '@earmark/onnx-runtime';
import type { TrainingDevice, TrainingEngine } from '../engine.js';
import { createOrtEngine } from './ort/ort-engine.js';
import { createTfjsGpuEngine, EngineUnavailableError } from './tfjs/tfjs-engine.js';

/**
 * The engine for a device; `auto` takes the first of cuda, webgpu and cpu that computes.
 * @throws EngineUnavailableError when the named device cannot be used here (for `tfjs-gpu`, only once it is opened)
 */
export async function createTrainingEngine(device: TrainingDevice | 'auto'): Promise<TrainingEngine> {
  if (device === 'tfjs-gpu') return createTfjsGpuEngine();
  if (device !== 'auto') {
    const status = await probeDevice(device);
    if (!status.available) throw new EngineUnavailableError(`device ${device} is unavailable: ${status.reason}`);
    return createOrtEngine(device);
  }
  for (const candidate of ['cuda', 'webgpu'] as const) {
    if ((await probeDevice(candidate)).available) return createOrtEngine(candidate);
  }
  return createOrtEngine('cpu');
}
