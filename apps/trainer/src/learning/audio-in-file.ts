import { open, stat } from 'node:fs/promises';
import { openCanonicalAudio, WavFormatError, type SampleSource } from '@earmark/audio';

/** A canonical WAV file, open only while it is read. Throws WavFormatError. */
export async function audioInFile(path: string): Promise<SampleSource> {
  return openCanonicalAudio((start, end) => readRange(path, start, end), (await stat(path)).size);
}

async function readRange(path: string, start: number, end: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array(end - start);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
    if (bytesRead !== bytes.length) throw new WavFormatError('the audio is cut off');
    return bytes;
  } finally {
    await file.close();
  }
}
