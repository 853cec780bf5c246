/** What a PCM WAV header says about the samples behind it. */
export interface WavHeader {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  /** Size of the sample data; undefined when the header was written before the length was known. */
  readonly dataBytes: number | undefined;
  /** Where the samples begin in the file. */
  readonly dataOffset: number;
}

/** The bytes are not a PCM WAV file that this reader understands; the message says why. */
export class WavFormatError extends Error {
  override readonly name = 'WavFormatError';
}

export const wavHeaderSizeBytes = 44;
/** What streaming writers put where a size is not known yet. */
const unknownSize = 0xffff_ffff;
const pcmFormat = 1;
const extensibleFormat = 0xfffe;

/**
 * The 44-byte header of a PCM WAV file; the samples follow it.
 * @param options `dataBytes` is the size of the samples; leave it out when streaming to say "until the end of the file"
 * @throws RangeError when the sizes do not fit RIFF's 32 bits
 */
export function writeWavHeader(options: {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  readonly dataBytes?: number;
}): Uint8Array {
  const { sampleRateHz, channels, bitsPerSample, dataBytes } = options;
  if (dataBytes !== undefined && dataBytes + 37 > unknownSize) throw new RangeError('WAV data is limited to 4 GiB');
  const header = new Uint8Array(wavHeaderSizeBytes);
  const view = new DataView(header.buffer);
  const frameBytes = (channels * bitsPerSample) / 8;
  writeText(header, 0, 'RIFF');
  view.setUint32(4, dataBytes === undefined ? unknownSize : 36 + dataBytes + (dataBytes % 2), true);
  writeText(header, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, pcmFormat, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, bitsPerSample, true);
  writeText(header, 36, 'data');
  view.setUint32(40, dataBytes ?? unknownSize, true);
  return header;
}

/**
 * Reads the header of a PCM WAV file, skipping chunks that it does not need.
 * @param bytes the file or at least its beginning up to the first sample
 * @throws WavFormatError when it is no RIFF/WAVE, not PCM, or the samples do not begin within `bytes`
 */
export function parseWavHeader(bytes: Uint8Array): WavHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (textAt(bytes, 0) !== 'RIFF' || textAt(bytes, 8) !== 'WAVE') throw new WavFormatError('not a RIFF/WAVE file');
  let format: Pick<WavHeader, 'sampleRateHz' | 'channels' | 'bitsPerSample'> | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true);
    const id = textAt(bytes, at);
    if (id === 'data') {
      if (!format) throw new WavFormatError('the data chunk comes before the fmt chunk');
      return { ...format, dataOffset: at + 8, dataBytes: size === unknownSize ? undefined : size };
    }
    if (id === 'fmt ') format = readFormat(view, at + 8, size);
    at += 8 + size + (size % 2);
  }
  throw new WavFormatError('no data chunk found');
}

function readFormat(view: DataView, at: number, size: number): Pick<WavHeader, 'sampleRateHz' | 'channels' | 'bitsPerSample'> {
  if (size < 16 || at + size > view.byteLength) throw new WavFormatError('the fmt chunk is cut off');
  const tag = view.getUint16(at, true);
  const code = tag === extensibleFormat && size >= 26 ? view.getUint16(at + 24, true) : tag;
  if (code !== pcmFormat) throw new WavFormatError(`format ${code} is not PCM`);
  return {
    channels: view.getUint16(at + 2, true),
    sampleRateHz: view.getUint32(at + 4, true),
    bitsPerSample: view.getUint16(at + 14, true),
  };
}

function textAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function writeText(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}
