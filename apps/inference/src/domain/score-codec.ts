import { scoreLevels } from '@earmark/sound-events';

/** All scores of a file, row-major, each 0-1. */
export interface Scores {
  readonly frameCount: number;
  readonly typeCount: number;
  /** Calibrated probabilities, [chunks, types]. */
  readonly chunkScores: Float32Array;
  /** Evidence for boundaries, [frames, types]. */
  readonly frameScores: Float32Array;
}

/** Scores in levels of their logit ("EMS2"), and in linear ones ("EMS1"), which are still read. */
const LOGIT_MAGIC = 0x32_53_4d_45;
const LINEAR_MAGIC = 0x31_53_4d_45;
const HEADER_BYTES = 16;
const LINEAR_CHUNK_LEVELS = 65_535;
const LINEAR_FRAME_LEVELS = 255;

/**
 * Scores as they are stored: a header of four little-endian uint32 (magic, frames, types, chunks), then levels: chunk scores as int16,
 * frame scores as int8. Detections are always made from what this gives back, so that a fresh run and thresholding again agree exactly.
 */
export function encodeScores({ frameCount, typeCount, chunkScores, frameScores }: Scores): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 2 * chunkScores.length + frameScores.length);
  const view = new DataView(bytes.buffer);
  [LOGIT_MAGIC, frameCount, typeCount, chunkScores.length / Math.max(1, typeCount)].forEach((value, index) =>
    view.setUint32(4 * index, value, true),
  );
  const { chunk, frame } = scoreLevels;
  chunkScores.forEach((score, index) => view.setInt16(HEADER_BYTES + 2 * index, chunk.toLevel(score), true));
  const framesAt = HEADER_BYTES + 2 * chunkScores.length;
  frameScores.forEach((score, index) => view.setInt8(framesAt + index, frame.toLevel(score)));
  return bytes;
}

/** The inverse, exact on what was encoded before. @throws RangeError for other bytes */
export function decodeScores(bytes: Uint8Array): Scores {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = bytes.length < HEADER_BYTES ? 0 : view.getUint32(0, true);
  if (magic !== LOGIT_MAGIC && magic !== LINEAR_MAGIC) throw new RangeError('these are not stored scores');
  const [frameCount, typeCount, chunkCount] = [view.getUint32(4, true), view.getUint32(8, true), view.getUint32(12, true)];
  const [chunkValues, frameValues] = [chunkCount * typeCount, frameCount * typeCount];
  if (bytes.length !== HEADER_BYTES + 2 * chunkValues + frameValues) throw new RangeError('the stored scores are cut short');
  const read = magic === LOGIT_MAGIC ? logitReader(view) : linearReader(view);
  const framesAt = HEADER_BYTES + 2 * chunkValues;
  return {
    frameCount,
    typeCount,
    chunkScores: Float32Array.from({ length: chunkValues }, (_, i) => read.chunk(HEADER_BYTES + 2 * i)),
    frameScores: Float32Array.from({ length: frameValues }, (_, i) => read.frame(framesAt + i)),
  };
}

interface ScoreReader {
  chunk(offset: number): number;
  frame(offset: number): number;
}

function logitReader(view: DataView): ScoreReader {
  return {
    chunk: (offset) => scoreLevels.chunk.toScore(view.getInt16(offset, true)),
    frame: (offset) => scoreLevels.frame.toScore(view.getInt8(offset)),
  };
}

function linearReader(view: DataView): ScoreReader {
  return {
    chunk: (offset) => view.getUint16(offset, true) / LINEAR_CHUNK_LEVELS,
    frame: (offset) => view.getUint8(offset) / LINEAR_FRAME_LEVELS,
  };
}
