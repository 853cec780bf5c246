import { DecodeRejection } from '../decode-verdict.js';
import { ByteView } from '../byte-view.js';
import type { FileBytes } from '../file-bytes.js';
import type { StreamFacts } from './stream-facts.js';

const headBytes = 1_048_576;
const maxElements = 10_000;
const id = {
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackType: 0x83,
  codecId: 0x86,
  audio: 0xe1,
  samplingFrequency: 0xb5,
  channels: 0x9f,
  cluster: 0x1f43b675,
} as const;
const codecNames: Readonly<Record<string, string>> = {
  A_OPUS: 'opus',
  A_VORBIS: 'vorbis',
  A_FLAC: 'flac',
  A_AAC: 'aac',
  'A_MPEG/L3': 'mp3',
};

interface Element {
  readonly id: number;
  readonly from: number;
  readonly to: number;
}

/** Facts of the first audio track of a WebM or Matroska file (RFC 8794, RFC 9559). */
export async function readWebmFacts(file: FileBytes): Promise<StreamFacts> {
  const head = new ByteView(await file.read(0, headBytes));
  const segment = find(head, { from: 0, to: head.length }, id.segment);
  const tracks = segment && find(head, segment, id.tracks);
  if (!tracks) throw new DecodeRejection('truncated', 'The file ends before it says what it holds.');
  const entries = children(head, tracks).filter((element) => element.id === id.trackEntry);
  const entry = entries.find((element) => integer(head, find(head, element, id.trackType)) === 2);
  if (!entry) throw new DecodeRejection('no_audio', 'The file has no audio track.');
  const codec = find(head, entry, id.codecId);
  const audio = find(head, entry, id.audio);
  const name = codec ? head.text(codec.from, codec.to - codec.from).replace(/\0+$/, '') : '';
  return {
    codec: codecNames[name] ?? name.replace(/^A_/, '').toLowerCase(),
    // Opus always decodes at 48 kHz, whatever rate the recording had.
    sampleRateHz: name === 'A_OPUS' ? 48_000 : Math.round(float(head, audio && find(head, audio, id.samplingFrequency)) ?? 8_000),
    channels: integer(head, audio && find(head, audio, id.channels)) ?? 1,
    // With other tracks beside it, the duration is that of the longest one.
    promisedMs: entries.length === 1 ? durationMs(head, segment) : null,
    isCut: false,
  };
}

function durationMs(head: ByteView, segment: Element): number | null {
  const info = find(head, segment, id.info);
  const duration = float(head, info && find(head, info, id.duration));
  const scaleNs = integer(head, info && find(head, info, id.timestampScale)) ?? 1_000_000;
  return duration === null || !(duration > 0) ? null : (duration * scaleNs) / 1e6;
}

function find(view: ByteView, within: Pick<Element, 'from' | 'to'>, wanted: number): Element | null {
  return children(view, within).find((element) => element.id === wanted) ?? null;
}

/** The elements of a parent, up to the first cluster: samples do not matter here. */
function children(view: ByteView, { from, to }: Pick<Element, 'from' | 'to'>): Element[] {
  const found: Element[] = [];
  for (let at = from; at + 2 <= to && found.length < maxElements;) {
    const name = variableInteger(view, at, true);
    const size = name && variableInteger(view, at + name.bytes, false);
    if (!name || !size || name.value === id.cluster) break;
    const bodyAt = at + name.bytes + size.bytes;
    // An unknown size (all ones) reaches to the end; so does one that lies beyond what was read.
    const isUnknown = size.value === 2 ** (7 * size.bytes) - 1;
    const end = isUnknown ? to : Math.min(to, bodyAt + size.value);
    found.push({ id: name.value, from: bodyAt, to: end });
    at = end;
  }
  return found;
}

function variableInteger(view: ByteView, at: number, keepMarker: boolean): { value: number; bytes: number } | null {
  const first = view.bytes[at];
  if (first === undefined || first === 0) return null;
  const bytes = Math.clz32(first) - 23;
  if (at + bytes > view.length) return null;
  let value = keepMarker ? first : first & (0xff >> bytes);
  for (let i = 1; i < bytes; i++) value = value * 256 + view.u8(at + i);
  return { value, bytes };
}

function integer(view: ByteView, element: Element | null): number | null {
  if (!element || element.to - element.from > 8) return null;
  return view.bytes.subarray(element.from, element.to).reduce((value, byte) => value * 256 + byte, 0);
}

function float(view: ByteView, element: Element | null): number | null {
  if (!element) return null;
  const bytes = element.to - element.from;
  return bytes === 4 ? view.f32(element.from) : bytes === 8 ? view.f64(element.from) : null;
}
