import { ByteView } from '../byte-view.js';

/** A box of an MP4 file held in memory (ISO/IEC 14496-12 §4.2): `from` to `to` is its body. */
export interface Box {
  readonly type: string;
  readonly from: number;
  readonly to: number;
}

const maxBoxes = 10_000;

/** The boxes in bytes [from, to), in order; ends at the first one that does not fit. */
export function* boxesIn(view: ByteView, from: number, to: number): Generator<Box> {
  for (let at = from, count = 0; at + 8 <= to && count < maxBoxes; count++) {
    const header = readBoxHeader(view, at);
    const end = header.sizeBytes === 0 ? to : at + header.sizeBytes;
    if (header.sizeBytes !== 0 && header.sizeBytes < header.headerBytes) return;
    if (end > to) return;
    yield { type: header.type, from: at + header.headerBytes, to: end };
    at = end;
  }
}

/** The header at `at`; a size of 0 means "to the end". */
export function readBoxHeader(view: ByteView, at: number): { type: string; sizeBytes: number; headerBytes: number } {
  const sizeBytes = view.u32(at);
  const type = view.text(at + 4, 4);
  return sizeBytes === 1 && at + 16 <= view.length
    ? { type, sizeBytes: view.u64(at + 8), headerBytes: 16 }
    : { type, sizeBytes, headerBytes: 8 };
}

/** The first box down a path of types, or null. */
export function findBox(view: ByteView, within: Pick<Box, 'from' | 'to'>, ...path: readonly string[]): Box | null {
  let found: Pick<Box, 'from' | 'to'> | null = within;
  let box: Box | null = null;
  for (const type of path) {
    box = found ? ([...boxesIn(view, found.from, found.to)].find((candidate) => candidate.type === type) ?? null) : null;
    found = box;
  }
  return box;
}
