import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TensorMap } from './tensor.js';

/** One float32 tensor in a case file, little-endian. */
export interface ParityTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly base64: string;
}

/** What the parity process reads. */
export interface ParityCase {
  readonly modelPath: string;
  readonly inputs: readonly ParityTensor[];
  readonly outputs: readonly ParityTensor[];
}

const ENTRY = fileURLToPath(new URL('./parity-entry.js', import.meta.url));
const TIMEOUT_MS = 120_000;

/**
 * Runs a model in another process that knows only ONNX Runtime, and compares its float32 outputs with expected ones.
 * @returns the largest absolute difference over all values; rejects when the model does not load, a shape differs or a value is not finite
 */
export async function measureParity(model: Uint8Array, inputs: TensorMap, expected: TensorMap): Promise<number> {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'earmark-parity-'));
  try {
    const modelPath = path.join(directory, 'model.onnx');
    const casePath = path.join(directory, 'case.json');
    const parityCase: ParityCase = { modelPath, inputs: tensorsOf(inputs), outputs: tensorsOf(expected) };
    await fs.writeFile(modelPath, model);
    await fs.writeFile(casePath, JSON.stringify(parityCase));
    const { stdout } = await promisify(execFile)(process.execPath, [ENTRY, casePath], { timeout: TIMEOUT_MS });
    const { maxAbsDiff } = JSON.parse(stdout) as { maxAbsDiff: number | string };
    if (typeof maxAbsDiff !== 'number') throw new Error('the model computed values that are not finite');
    return maxAbsDiff;
  } finally {
    await fs.rm(directory, { recursive: true, force: true });
  }
}

function tensorsOf(tensors: TensorMap): ParityTensor[] {
  return Object.entries(tensors).map(([name, { dims, data }]) => ({
    name,
    dims,
    base64: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
  }));
}
