/** What the four bytes before every MPEG audio frame say (ISO/IEC 11172-3 §2.4.1.3, 13818-3). */
export interface MpegFrameHeader {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly layer: 1 | 2 | 3;
  readonly isMpeg1: boolean;
  readonly frameBytes: number;
  readonly samplesPerFrame: number;
}

/** kbit/s by bitrate index 1 to 14. */
const bitratesKbps = {
  mpeg1: {
    1: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  },
  mpeg2: {
    1: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    2: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    3: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  },
} as const;
const mpeg1RatesHz = [44_100, 48_000, 32_000];

/** Reads the MPEG audio frame header at `at`; null when there is none, or one of the free bitrate that nobody writes. */
export function readMpegFrameHeader(bytes: Uint8Array, at: number): MpegFrameHeader | null {
  const [sync, second, third, fourth] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  if (sync !== 0xff || second === undefined || third === undefined || fourth === undefined) return null;
  const version = (second >> 3) & 3;
  const layerBits = (second >> 1) & 3;
  const rateHz = mpeg1RatesHz[(third >> 2) & 3];
  if ((second & 0xe0) !== 0xe0 || version === 1 || layerBits === 0 || rateHz === undefined) return null;
  const layer = (4 - layerBits) as 1 | 2 | 3;
  const isMpeg1 = version === 3;
  const kbps = bitratesKbps[isMpeg1 ? 'mpeg1' : 'mpeg2'][layer][(third >> 4) - 1];
  if (kbps === undefined) return null;
  const sampleRateHz = rateHz / (isMpeg1 ? 1 : version === 2 ? 2 : 4);
  const samplesPerFrame = layer === 1 ? 384 : layer === 3 && !isMpeg1 ? 576 : 1152;
  const padding = (third >> 1) & 1;
  const slots = Math.floor(((samplesPerFrame / 8) * kbps * 1000) / sampleRateHz);
  const frameBytes = layer === 1 ? Math.floor((12_000 * kbps) / sampleRateHz + padding) * 4 : slots + padding;
  return { sampleRateHz, channels: fourth >> 6 === 3 ? 1 : 2, layer, isMpeg1, frameBytes, samplesPerFrame };
}

/** What an ADTS header says (ISO/IEC 14496-3 Annex 1.A); channels 0 means "defined in the stream". */
export interface AdtsFrameHeader {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly frameBytes: number;
}

const adtsRatesHz = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
const adtsChannels = [0, 1, 2, 3, 4, 5, 6, 8];

/** Reads the ADTS header at `at`, or null. */
export function readAdtsHeader(bytes: Uint8Array, at: number): AdtsFrameHeader | null {
  const header = bytes.subarray(at, at + 7);
  if (header.length < 7) return null;
  const [sync, second, third, fourth, fifth, sixth] = header as unknown as [number, number, number, number, number, number];
  const sampleRateHz = adtsRatesHz[(third >> 2) & 15];
  if (sync !== 0xff || (second & 0xf6) !== 0xf0 || sampleRateHz === undefined) return null;
  const frameBytes = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5);
  if (frameBytes < 7) return null;
  return { sampleRateHz, channels: adtsChannels[((third & 1) << 2) | (fourth >> 6)] ?? 0, frameBytes };
}
