import { readAdtsHeader, readMpegFrameHeader } from './mpeg-frame.js';

/** The containers that can be decoded. */
export const audioContainers = ['wav', 'aiff', 'mp3', 'aac', 'mp4', 'ogg', 'flac', 'webm'] as const;
export type AudioContainer = (typeof audioContainers)[number];

/** What the first bytes of a file are. `at` is where the stream starts; an ID3 tag must be skipped and what follows sniffed. */
export type Sniffed =
  | { readonly kind: 'audio'; readonly container: AudioContainer; readonly at: number }
  | { readonly kind: 'id3'; readonly sizeBytes: number }
  | { readonly kind: 'unsupported'; readonly what: string }
  | { readonly kind: 'not_audio'; readonly what: string }
  | { readonly kind: 'unknown' };

/** How many bytes of a file are enough for a sure answer. */
export const sniffBytes = 65_536;
/** How much junk may come before the first MPEG or ADTS frame. */
const maxJunkBytes = 8_192;

const signatures: readonly (readonly [magic: string, Sniffed])[] = [
  ['fLaC', { kind: 'audio', container: 'flac', at: 0 }],
  ['OggS', { kind: 'audio', container: 'ogg', at: 0 }],
  ['\x1a\x45\xdf\xa3', { kind: 'audio', container: 'webm', at: 0 }],
  ['RIFX', { kind: 'unsupported', what: 'big-endian RIFF' }],
  ['caff', { kind: 'unsupported', what: 'CAF' }],
  ['.snd', { kind: 'unsupported', what: 'Sun AU' }],
  ['#!AMR', { kind: 'unsupported', what: 'AMR' }],
  ['wvpk', { kind: 'unsupported', what: 'WavPack' }],
  ['MAC ', { kind: 'unsupported', what: "Monkey's Audio" }],
  ['\x30\x26\xb2\x75\x8e\x66\xcf\x11', { kind: 'unsupported', what: 'Windows Media' }],
  ['MThd', { kind: 'not_audio', what: 'a MIDI score' }],
  ['PK\x03\x04', { kind: 'not_audio', what: 'a ZIP archive' }],
  ['PK\x05\x06', { kind: 'not_audio', what: 'a ZIP archive' }],
  ['\x1f\x8b', { kind: 'not_audio', what: 'a gzip archive' }],
  ["7z\xbc\xaf'\x1c", { kind: 'not_audio', what: 'a 7-Zip archive' }],
  ['Rar!', { kind: 'not_audio', what: 'a RAR archive' }],
  ['%PDF-', { kind: 'not_audio', what: 'a PDF document' }],
  ['\x89PNG', { kind: 'not_audio', what: 'a PNG image' }],
  ['\xff\xd8\xff', { kind: 'not_audio', what: 'a JPEG image' }],
  ['GIF8', { kind: 'not_audio', what: 'a GIF image' }],
  ['\x7fELF', { kind: 'not_audio', what: 'a program' }],
];

/** Recognises audio by its bytes, never by its name: give it the first 64 KiB of a file (all of a shorter one). */
export function sniffAudio(head: Uint8Array): Sniffed {
  if (hasText(head, 0, 'ID3') && head.length >= 10) return { kind: 'id3', sizeBytes: id3SizeBytes(head) };
  const riff = sniffRiffLike(head);
  if (riff) return riff;
  if (hasText(head, 4, 'ftyp') || hasText(head, 4, 'moov')) return { kind: 'audio', container: 'mp4', at: 0 };
  const signed = signatures.find(([magic]) => hasText(head, 0, magic));
  if (signed) return signed[1];
  if (looksLikeText(head)) return { kind: 'not_audio', what: 'a text file' };
  return findFrames(head);
}

function sniffRiffLike(head: Uint8Array): Sniffed | null {
  if (hasText(head, 0, 'RIFF') || hasText(head, 0, 'RF64') || hasText(head, 0, 'BW64')) {
    if (hasText(head, 8, 'WAVE')) return { kind: 'audio', container: 'wav', at: 0 };
    if (hasText(head, 8, 'WEBP')) return { kind: 'not_audio', what: 'a WebP image' };
    return { kind: 'unsupported', what: hasText(head, 8, 'AVI ') ? 'AVI' : 'this kind of RIFF' };
  }
  if (hasText(head, 0, 'FORM') && (hasText(head, 8, 'AIFF') || hasText(head, 8, 'AIFC')))
    return { kind: 'audio', container: 'aiff', at: 0 };
  return null;
}

/** The size of an ID3v2 tag with its header and footer (id3.org, ID3v2.4 §3.1). */
function id3SizeBytes(head: Uint8Array): number {
  const [flags = 0, a = 0, b = 0, c = 0, d = 0] = head.subarray(5, 10);
  const body = ((a & 127) << 21) | ((b & 127) << 14) | ((c & 127) << 7) | (d & 127);
  return 10 + body + (flags & 0x10 ? 10 : 0);
}

/** A frame header counts only when two more follow where it says, or the file ends before they could. */
function findFrames(head: Uint8Array): Sniffed {
  for (let at = 0; at < Math.min(maxJunkBytes, head.length); at++) {
    if (head[at] !== 0xff) continue;
    if (isChain(head, at, readAdtsHeader)) return { kind: 'audio', container: 'aac', at };
    if (isChain(head, at, readMpegFrameHeader)) return { kind: 'audio', container: 'mp3', at };
  }
  return { kind: 'unknown' };
}

type HeaderReader = (bytes: Uint8Array, at: number) => { readonly sampleRateHz: number; readonly frameBytes: number } | null;

function isChain(head: Uint8Array, start: number, read: HeaderReader): boolean {
  const first = read(head, start);
  if (!first) return false;
  let at = start;
  for (let frames = 0; frames < 3; frames++) {
    const header = read(head, at);
    if (!header) return frames > 0 && at + 7 > head.length && head.length < sniffBytes;
    if (header.sampleRateHz !== first.sampleRateHz) return false;
    at += header.frameBytes;
  }
  return true;
}

function looksLikeText(head: Uint8Array): boolean {
  const sample = head.subarray(0, 4096);
  if (sample.length === 0 || sample.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  if (bytes.length < at + text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
