import { DecodeRejection } from '../decode-verdict.js';
import { ByteView } from '../byte-view.js';
import type { FileBytes } from '../file-bytes.js';
import { streamInfoFacts } from './flac.js';
import type { StreamFacts } from './stream-facts.js';

const headBytes = 131_072;
/** The largest page has 27 + 255 + 255 x 255 bytes; several may end a file of several streams. */
const tailBytes = 262_144;
/** A capture of a running stream begins anywhere; no first page of a whole one holds this much. */
const longestFirstPageMs = 30_000;

interface Page {
  readonly at: number;
  readonly serial: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Samples of the stream up to the end of this page; null when no packet ends on it. */
  readonly granule: number | null;
  readonly bodyAt: number;
  readonly endAt: number;
}

interface Stream {
  readonly facts: Omit<StreamFacts, 'promisedMs' | 'isCut'>;
  readonly granuleRateHz: number;
  readonly preSkip: number;
}

/** Facts of the first audio stream of an Ogg file (RFC 3533; Vorbis I §A, RFC 7845, Ogg FLAC mapping). */
export async function readOggFacts(file: FileBytes): Promise<StreamFacts> {
  const head = new ByteView(await file.read(0, headBytes));
  const pages = [...pagesOf(head)];
  const beginnings = pages.filter((page) => page.isFirst).map((page) => ({ page, stream: readStream(head, page) }));
  const audio = beginnings.find(({ stream }) => stream !== null);
  if (!audio?.stream) {
    const reason =
      beginnings.length > 0 ? 'The Ogg file holds no Vorbis, Opus or FLAC stream.' : 'The first Ogg page is damaged.';
    throw new DecodeRejection(beginnings.length > 0 ? 'no_audio' : 'undecodable', reason);
  }
  const { page: beginning, stream } = audio;
  const tail = new ByteView(await file.read(Math.max(0, file.sizeBytes - tailBytes), tailBytes));
  const last = lastPage(tail, beginning.serial);
  const first = pages.find((page) => page.serial === beginning.serial && (page.granule ?? 0) > 0);
  const startsLate = (1000 * (first?.granule ?? 0)) / stream.granuleRateHz > longestFirstPageMs;
  const samples =
    startsLate || !last || (last.granule === 0 && !last.isLast) ? null : Math.max(0, (last.granule ?? 0) - stream.preSkip);
  return { ...stream.facts, promisedMs: samples === null ? null : (1000 * samples) / stream.granuleRateHz, isCut: !last?.isLast };
}

function* pagesOf(bytes: ByteView): Generator<Page> {
  for (let at = 0; at + 27 <= bytes.length;) {
    const page = readPage(bytes, at);
    if (!page) return;
    yield page;
    at = page.endAt;
  }
}

function lastPage(tail: ByteView, serial: number): Page | null {
  for (let at = tail.length - 27; at >= 0; at--) {
    if (tail.bytes[at] !== 0x4f) continue;
    const page = readPage(tail, at);
    if (page?.serial === serial && page.granule !== null && page.endAt <= tail.length) return page;
  }
  return null;
}

function readPage(bytes: ByteView, at: number): Page | null {
  if (bytes.text(at, 5) !== 'OggS\0' || at + 27 > bytes.length) return null;
  const [flags, segments] = [bytes.u8(at + 5), bytes.u8(at + 26)];
  const bodyAt = at + 27 + segments;
  if (bodyAt > bytes.length) return null;
  const bodyBytes = bytes.bytes.subarray(at + 27, bodyAt).reduce((sum, size) => sum + size, 0);
  const noGranule = bytes.u32(at + 6, true) === 0xffff_ffff && bytes.u32(at + 10, true) === 0xffff_ffff;
  return {
    at,
    serial: bytes.u32(at + 14, true),
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
    granule: noGranule ? null : bytes.u64(at + 6, true),
    bodyAt,
    endAt: bodyAt + bodyBytes,
  };
}

function readStream(head: ByteView, page: Page): Stream | null {
  const body = head.slice(page.bodyAt, page.endAt);
  if (body.text(0, 7) === '\x01vorbis') {
    const sampleRateHz = body.u32(12, true);
    return { facts: { codec: 'vorbis', sampleRateHz, channels: body.u8(11) }, granuleRateHz: sampleRateHz, preSkip: 0 };
  }
  if (body.text(0, 8) === 'OpusHead') {
    return {
      facts: { codec: 'opus', sampleRateHz: 48_000, channels: body.u8(9) },
      granuleRateHz: 48_000,
      preSkip: body.u16(10, true),
    };
  }
  if (body.text(0, 5) === '\x7fFLAC') {
    const { codec, sampleRateHz, channels } = streamInfoFacts(body.slice(17, 51));
    return { facts: { codec, sampleRateHz, channels }, granuleRateHz: sampleRateHz, preSkip: 0 };
  }
  return null;
}
