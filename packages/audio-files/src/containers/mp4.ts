import { DecodeRejection } from '../decode-verdict.js';
import { ByteView } from '../byte-view.js';
import type { FileBytes } from '../file-bytes.js';
import { boxesIn, findBox, readBoxHeader } from './boxes.js';
import type { Box } from './boxes.js';
import { aacPrimingMs } from './stream-facts.js';
import type { StreamFacts } from './stream-facts.js';

/** The tables of 100 hours of AAC fit. */
const maxMovieBytes = 32 * 1_048_576;
const maxTopLevelBoxes = 100_000;

/**
 * Facts of the audio track of an MP4 file (ISO/IEC 14496-12).
 * @throws DecodeRejection when the movie box is missing, damaged or too large, or has no audio track
 */
export async function readMp4Facts(file: FileBytes): Promise<StreamFacts> {
  const movie = await readMovie(file);
  const all = { from: 8, to: movie.length };
  const tracks = [...boxesIn(movie, all.from, all.to)].filter((box) => box.type === 'trak');
  const track = tracks.find((box) => handlerOf(movie, box) === 'soun');
  if (!track) throw new DecodeRejection('no_audio', 'The MP4 file has no audio track.');
  const entry = findBox(movie, track, 'mdia', 'minf', 'stbl', 'stsd');
  if (!entry) throw new DecodeRejection('undecodable', 'The audio track does not say how it is coded.');
  const sampleRateHz = movie.u16(entry.from + 40);
  const codec = codecName(movie.text(entry.from + 12, 4));
  return {
    codec,
    // Writers put 2 here whatever the stream holds: only decoding tells.
    channels: 0,
    sampleRateHz,
    ...presentation(movie, all, track, codec === 'aac' ? aacPrimingMs(sampleRateHz) : 0),
    isCut: false,
  };
}

async function readMovie(file: FileBytes): Promise<ByteView> {
  for (let at = 0, boxes = 0; at + 8 <= file.sizeBytes && boxes < maxTopLevelBoxes; boxes++) {
    const header = readBoxHeader(new ByteView(await file.read(at, 16)), 0);
    const sizeBytes = header.sizeBytes === 0 ? file.sizeBytes - at : header.sizeBytes;
    if (sizeBytes < 8) throw new DecodeRejection('undecodable', 'The boxes of the MP4 file are damaged.');
    if (header.type === 'moov') {
      if (sizeBytes > maxMovieBytes) throw new DecodeRejection('limits_exceeded', 'The tables of the MP4 file are too large.');
      if (at + sizeBytes > file.sizeBytes) break;
      return new ByteView(await file.read(at, sizeBytes));
    }
    at += sizeBytes;
  }
  throw new DecodeRejection('truncated', 'The MP4 file ends before the tables without which it cannot be decoded.');
}

function handlerOf(movie: ByteView, track: Box): string {
  const handler = findBox(movie, track, 'mdia', 'hdlr');
  return handler ? movie.text(handler.from + 8, 4) : '';
}

function codecName(type: string): string {
  return { mp4a: 'aac', fLaC: 'flac', Opus: 'opus', '.mp3': 'mp3', alac: 'alac' }[type] ?? type.trim().toLowerCase();
}

/**
 * What is to be heard: the media's length past the edit's start, no longer than the edit (ISO/IEC 14496-12 §8.6.6). Several edits are not
 * followed; without any, AAC begins with the frame that primes its overlap.
 */
function presentation(movie: ByteView, all: Pick<Box, 'from' | 'to'>, track: Box, primingMs: number): Presentation {
  const media = clockOf(movie, findBox(movie, track, 'mdia', 'mdhd'));
  if (!media || media.timescale === 0) return { promisedMs: null, leadMs: primingMs };
  const mediaMs = media.duration === 0 ? null : (1000 * media.duration) / media.timescale;
  const list = findBox(movie, track, 'edts', 'elst');
  const [edit, second] = list ? mediaEdits(movie, list) : [];
  if (!edit || second) return { promisedMs: mediaMs, leadMs: primingMs };
  const leadMs = (1000 * edit.mediaTime) / media.timescale;
  const film = clockOf(movie, findBox(movie, all, 'mvhd'));
  const editMs = film && film.timescale > 0 && edit.duration > 0 ? (1000 * edit.duration) / film.timescale : Infinity;
  return { promisedMs: mediaMs === null ? null : Math.max(0, Math.min(mediaMs - leadMs, editMs)), leadMs };
}

type Presentation = Required<Pick<StreamFacts, 'promisedMs' | 'leadMs'>>;

/** Timescale and duration of an `mvhd` or `mdhd` box; an unknown duration is 0. */
function clockOf(movie: ByteView, box: Box | null): { timescale: number; duration: number } | null {
  if (!box) return null;
  const isLong = movie.u8(box.from) === 1;
  const timescale = movie.u32(box.from + (isLong ? 20 : 12));
  const duration = isLong ? movie.u64(box.from + 24) : movie.u32(box.from + 16);
  return { timescale, duration: duration >= (isLong ? 2 ** 64 - 2048 : 0xffff_ffff) ? 0 : duration };
}

function mediaEdits(movie: ByteView, list: Box): { duration: number; mediaTime: number }[] {
  const isLong = movie.u8(list.from) === 1;
  const count = Math.min(movie.u32(list.from + 4), 1_000);
  const edits = Array.from({ length: count }, (_, i) => {
    const at = list.from + 8 + i * (isLong ? 20 : 12);
    return isLong
      ? { duration: movie.u64(at), mediaTime: movie.i32(at + 8) * 2 ** 32 + movie.u32(at + 12) }
      : { duration: movie.u32(at), mediaTime: movie.i32(at + 4) };
  });
  return edits.filter((edit) => edit.mediaTime >= 0);
}
