import { DecodeRejection } from '../domain/decode-verdict.js';
import { ByteView } from './byte-view.js';
import { boxesIn, findBox } from './containers/boxes.js';
import type { Mp4Facts } from './containers/mp4.js';
import type { FileBytes } from './file-bytes.js';

const pieceBytes = 16_384;

/**
 * The bytes of an MP4 file in an order that a streaming decoder can follow: tables first.
 *
 * Many writers put the tables at the end, and the decoder would hold the whole file until it sees them. So a copy
 * of them goes first, its chunk offsets moved by its own size, and then the untouched file. Fragmented files have
 * their tables in front already.
 */
export async function* mp4Bytes(file: FileBytes, facts: Mp4Facts): AsyncGenerator<Uint8Array> {
  if (facts.isFragmented) {
    yield await file.read(0, facts.movieEndAt);
    yield* file.stream(facts.movieEndAt, file.sizeBytes, () => pieceBytes);
    return;
  }
  yield movedTables(facts.movie);
  yield* file.stream(0, file.sizeBytes, () => pieceBytes);
}

/** A copy of the movie box whose chunk offsets count from a start that lies this box's size further ahead. */
function movedTables(movie: ByteView): Uint8Array {
  const copy = new ByteView(movie.bytes.slice());
  const out = new DataView(copy.bytes.buffer);
  for (const track of boxesIn(copy, 8, copy.length)) {
    if (track.type !== 'trak') continue;
    const tables = findBox(copy, track, 'mdia', 'minf', 'stbl');
    for (const table of tables ? boxesIn(copy, tables.from, tables.to) : []) {
      if (table.type !== 'stco' && table.type !== 'co64') continue;
      const entryBytes = table.type === 'stco' ? 4 : 8;
      const count = Math.min(copy.u32(table.from + 4), Math.floor((table.to - table.from - 8) / entryBytes));
      for (let at = table.from + 8, i = 0; i < count; i++, at += entryBytes) {
        const moved = (entryBytes === 4 ? copy.u32(at) : copy.u64(at)) + copy.length;
        if (entryBytes === 8) out.setBigUint64(at, BigInt(moved));
        else if (moved <= 0xffff_ffff) out.setUint32(at, moved);
        else throw new DecodeRejection('limits_exceeded', 'The MP4 file is too large for its own tables.');
      }
    }
  }
  return copy.bytes;
}
