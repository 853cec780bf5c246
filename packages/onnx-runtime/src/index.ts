export { measureParity } from './parity.js';
export { chooseDevice, probeDevice, type DeviceStatus } from './devices.js';
export { InferencePool, type InferencePoolOptions, type ModelLoader } from './inference-pool.js';
export { InferenceFailedError, PoolClosedError, PoolFullError, WorkerCrashedError } from './pool-errors.js';
export { createSession, type ModelSource, type OrtDevice, type Session, type SessionOptions } from './session.js';
export { float32Data, float32Tensor, type TensorMap, type TensorValue } from './tensor.js';
export { runtimeVersion } from './version.js';
