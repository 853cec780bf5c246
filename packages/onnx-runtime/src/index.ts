export { createSession, type ModelSource, type OrtDevice, type Session, type SessionOptions } from './session.js';
export { float32Data, float32Tensor, type TensorMap, type TensorValue } from './tensor.js';
