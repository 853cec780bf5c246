// Entry of the probe process: runs the probe model on the device named in the first argument; its exit code is the answer.
import { PROBE_MODEL } from './probe-model.js';
import { createSession, type OrtDevice } from './session.js';
import { float32Data, float32Tensor } from './tensor.js';

const session = await createSession(PROBE_MODEL, { device: process.argv[2] as OrtDevice });
const outputs = await session.run({ x: float32Tensor(Float32Array.of(1, 2), [2]) });
const isRight = float32Data(outputs, 'y').join() === '2,4';
if (!isRight) process.stderr.write('the device computed a wrong result\n');
process.exit(isRight ? 0 : 1);
