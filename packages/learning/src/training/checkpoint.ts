import type { RandomState } from '@earmark/audio';
import type { EpochReport, FitState, Landing } from './fit-state.js';

const MAGIC = 'EARMARK-FIT-2';
const LENGTH_BYTES = 4;
/** Parameters, two moments of their gradients, their average. */
const VECTORS = 4;

interface Header {
  readonly magic: string;
  /** Refuses to resume another training. */
  readonly fingerprint: string;
  readonly epoch: number;
  readonly step: number;
  readonly random: RandomState;
  readonly best: FitState['best'];
  readonly landing: Landing | null;
  readonly history: readonly EpochReport[];
  readonly parameterCount: number;
}

/** The state as bytes: header length, JSON header, then four float32 vectors, little-endian. */
export function encodeCheckpoint(state: FitState, fingerprint: string): Uint8Array {
  const { optimiser } = state;
  const header: Header = {
    magic: MAGIC,
    fingerprint,
    epoch: state.epoch,
    step: optimiser.step,
    random: state.random,
    best: state.best,
    landing: state.landing,
    history: state.history,
    parameterCount: optimiser.parameters.length,
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const vectors = [optimiser.parameters, optimiser.gradientMean, optimiser.gradientVariance, state.average];
  const bytes = new Uint8Array(LENGTH_BYTES + json.length + vectors.length * header.parameterCount * 4);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, LENGTH_BYTES);
  let offset = LENGTH_BYTES + json.length;
  for (const vector of vectors) {
    bytes.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), offset);
    offset += vector.byteLength;
  }
  return bytes;
}

/** Reads a checkpoint back; throws when it is cut off, not a checkpoint, or of a training with another fingerprint. */
export function decodeCheckpoint(bytes: Uint8Array, fingerprint: string): FitState {
  const header = readHeader(bytes);
  if (header.fingerprint !== fingerprint) throw new Error('the checkpoint belongs to a training with other data or settings');
  const size = header.parameterCount * 4;
  const start = bytes.length - VECTORS * size;
  const vector = (index: number): Float32Array =>
    new Float32Array(bytes.slice(start + index * size, start + (index + 1) * size).buffer);
  return {
    epoch: header.epoch,
    random: header.random,
    history: header.history,
    optimiser: { step: header.step, parameters: vector(0), gradientMean: vector(1), gradientVariance: vector(2) },
    average: vector(3),
    best: header.best,
    landing: header.landing,
  };
}

function readHeader(bytes: Uint8Array): Header {
  if (bytes.length < LENGTH_BYTES) throw new Error('the checkpoint is cut off');
  const jsonLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const json = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + jsonLength);
  const header = parseHeader(new TextDecoder().decode(json));
  if (header?.magic !== MAGIC) throw new Error('this is not a training checkpoint');
  const expected = LENGTH_BYTES + jsonLength + VECTORS * header.parameterCount * 4;
  if (bytes.length !== expected) throw new Error(`the checkpoint is cut off (${bytes.length} of ${expected} bytes)`);
  return header;
}

function parseHeader(text: string): Header | undefined {
  try {
    return JSON.parse(text) as Header;
  } catch {
    return undefined;
  }
}
