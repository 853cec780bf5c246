import { runtimeVersion } from '@earmark/onnx-runtime';

/** What shaped a result, besides data and settings; goes into the model and guards checkpoints. Change with the release. */
export const versions: Readonly<Record<string, string>> = { earmark: '0.1.0', onnxruntime: runtimeVersion };
