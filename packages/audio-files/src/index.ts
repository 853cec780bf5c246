// What anyone may load: names, types and rules. The decoders are in `@earmark/audio-files/decoding`, for sandboxed processes only.
export { contradictsContent, type DeclaredType } from './declared-type.js';
export {
  decodeFailureCodes,
  decodeWarnings,
  type AudioBounds,
  type DecodeFacts,
  type DecodeFailureCode,
  type DecodeWarning,
} from './decode-verdict.js';
export { audioContainers, type AudioContainer } from './sniff-audio.js';
