/** All scores of a file, row-major, each 0-1. */
export interface Scores {
  readonly frameCount: number;
  readonly typeCount: number;
  /** Calibrated probabilities, [chunks, types]. */
  readonly chunkScores: Float32Array;
  /** Evidence for boundaries, [frames, types]. */
  readonly frameScores: Float32Array;
}

const MAGIC = 0x31_53_4d_45; // "EMS1"
const HEADER_BYTES = 16;
const CHUNK_LEVELS = 65_535;
const FRAME_LEVELS = 255;

/**
 * Scores as they are stored: a header of four little-endian uint32 (magic, frames, types, chunks), chunk scores as uint16, frame
 * scores as uint8. Detections are always made from what this gives back, so that a fresh run and thresholding again agree exactly.
 */
export function encodeScores({ frameCount, typeCount, chunkScores, frameScores }: Scores): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 2 * chunkScores.length + frameScores.length);
  const view = new DataView(bytes.buffer);
  [MAGIC, frameCount, typeCount, chunkScores.length / Math.max(1, typeCount)].forEach((value, index) =>
    view.setUint32(4 * index, value, true),
  );
  chunkScores.forEach((score, index) => view.setUint16(HEADER_BYTES + 2 * index, level(score, CHUNK_LEVELS), true));
  const frames = bytes.subarray(HEADER_BYTES + 2 * chunkScores.length);
  frameScores.forEach((score, index) => (frames[index] = level(score, FRAME_LEVELS)));
  return bytes;
}

/** The inverse, exact on what was encoded before. @throws RangeError for other bytes */
export function decodeScores(bytes: Uint8Array): Scores {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) throw new RangeError('these are not stored scores');
  const [frameCount, typeCount, chunkCount] = [view.getUint32(4, true), view.getUint32(8, true), view.getUint32(12, true)];
  const [chunkValues, frameValues] = [chunkCount * typeCount, frameCount * typeCount];
  if (bytes.length !== HEADER_BYTES + 2 * chunkValues + frameValues) throw new RangeError('the stored scores are cut short');
  const chunkScores = new Float32Array(chunkValues);
  for (let i = 0; i < chunkValues; i++) chunkScores[i] = view.getUint16(HEADER_BYTES + 2 * i, true) / CHUNK_LEVELS;
  const frames = bytes.subarray(HEADER_BYTES + 2 * chunkValues);
  const frameScores = new Float32Array(frameValues);
  for (let i = 0; i < frameValues; i++) frameScores[i] = (frames[i] as number) / FRAME_LEVELS;
  return { frameCount, typeCount, chunkScores, frameScores };
}

/** The nearest level; a score that is not a number counts as 0. */
function level(score: number, levels: number): number {
  return Number.isNaN(score) ? 0 : Math.round(Math.min(1, Math.max(0, score)) * levels);
}
