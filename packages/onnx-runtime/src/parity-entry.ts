// Entry of the parity process: knows nothing but onnxruntime-node and the case file named in its argument, as any other user of a model would.
import fs from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ParityCase, ParityTensor } from './parity.js';

const floatsOf = ({ base64 }: ParityTensor): Float32Array => {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer);
};

const { modelPath, inputs, outputs } = JSON.parse(fs.readFileSync(process.argv[2] ?? '', 'utf8')) as ParityCase;
const session = await InferenceSession.create(modelPath, { logSeverityLevel: 3 });
const feeds = Object.fromEntries(inputs.map((input) => [input.name, new Tensor('float32', floatsOf(input), input.dims)]));
const results = await session.run(feeds);
let maxAbsDiff = 0;
for (const output of outputs) {
  const expected = floatsOf(output);
  const actual = results[output.name];
  if (actual?.dims.join() !== output.dims.join()) {
    throw new Error(`output ${output.name}: expected shape [${output.dims.join(', ')}], got [${actual?.dims.join(', ') ?? ''}]`);
  }
  for (const [i, value] of (actual.data as Float32Array).entries()) {
    const difference = Math.abs(value - (expected[i] ?? Number.NaN));
    // NaN must not pass as "no difference".
    maxAbsDiff = Number.isNaN(difference) ? Infinity : Math.max(maxAbsDiff, difference);
  }
}
process.stdout.write(JSON.stringify({ maxAbsDiff: Number.isFinite(maxAbsDiff) ? maxAbsDiff : 'not finite' }));
