// The decoders themselves: hostile bytes go in here, so only a sandboxed process imports this.
export { decodeFile, type DecodeOrder } from './decode-file.js';
export { DecodeRejection } from './decode-verdict.js';
