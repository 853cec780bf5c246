import { env } from 'onnxruntime-node';

/** Version of the ONNX Runtime in use: the same version, threads and processor family give the same bits. */
export const runtimeVersion: string = env.versions.node ?? env.versions.common;
