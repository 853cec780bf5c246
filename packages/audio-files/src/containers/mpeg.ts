import { DecodeRejection } from '../decode-verdict.js';
import { readAdtsHeader, readMpegFrameHeader } from '../mpeg-frame.js';
import type { MpegFrameHeader } from '../mpeg-frame.js';
import { ByteView } from '../byte-view.js';
import type { FileBytes } from '../file-bytes.js';
import { aacPrimingMs } from './stream-facts.js';
import type { StreamFacts } from './stream-facts.js';

/** A Xing, Info or VBRI frame lies within the first frame, whose size is bounded. */
const firstFrameBytes = 4_096;

/** Facts of an MPEG audio stream whose first frame lies at `at`; the length comes from its Xing, Info or VBRI frame. */
export async function readMp3Facts(file: FileBytes, at: number): Promise<StreamFacts> {
  const head = new ByteView(await file.read(at, firstFrameBytes));
  const frame = readMpegFrameHeader(head.bytes, 0);
  if (!frame) throw new DecodeRejection('undecodable', 'The first MPEG frame is damaged.');
  const samples = promisedSamples(head, frame);
  return {
    codec: frame.layer === 3 ? 'mp3' : `mp${frame.layer}`,
    sampleRateHz: frame.sampleRateHz,
    channels: frame.channels,
    promisedMs: samples === null ? null : (1000 * samples) / frame.sampleRateHz,
    isCut: false,
  };
}

/** Facts of an ADTS stream, which promises no length. */
export async function readAdtsFacts(file: FileBytes, at: number): Promise<StreamFacts> {
  const frame = readAdtsHeader(await file.read(at, 16), 0);
  if (!frame) throw new DecodeRejection('undecodable', 'The first AAC frame is damaged.');
  // The channel count stays open: parametric stereo doubles what the header says.
  const { sampleRateHz, channels } = frame;
  return { codec: 'aac', sampleRateHz, channels, promisedMs: null, isCut: false, leadMs: aacPrimingMs(sampleRateHz) };
}

function promisedSamples(head: ByteView, frame: MpegFrameHeader): number | null {
  const sideBytes = frame.isMpeg1 ? (frame.channels === 1 ? 17 : 32) : frame.channels === 1 ? 9 : 17;
  const tagAt = 4 + sideBytes;
  const tag = head.text(tagAt, 4);
  if (tag === 'Xing' || tag === 'Info') return xingSamples(head, tagAt, frame);
  if (head.text(36, 4) === 'VBRI') return head.u32(50) * frame.samplesPerFrame;
  return null;
}

/** Frames of the Xing frame, less the encoder's delay and padding that LAME notes behind it and the decoder removes. */
function xingSamples(head: ByteView, tagAt: number, frame: MpegFrameHeader): number | null {
  const flags = head.u32(tagAt + 4);
  if ((flags & 1) === 0) return null;
  const samples = head.u32(tagAt + 8) * frame.samplesPerFrame;
  const lameAt = tagAt + 8 + (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  if (head.length < lameAt + 24 || !/^(LAME|Lav[cf])/.test(head.text(lameAt, 4))) return samples;
  const trim = (head.u8(lameAt + 21) << 16) | head.u16(lameAt + 22);
  return Math.max(0, samples - (trim >> 12) - (trim & 0xfff));
}
