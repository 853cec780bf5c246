import { describe, expect, it } from '@jest/globals';
import { sniffAudio } from './sniff-audio.js';

const bytes = (text: string, length = 64) => {
  const out = Buffer.alloc(length);
  out.write(text, 'latin1');
  return out;
};
/** `count` MPEG-1 layer III frames of 128 kbit/s at 44.1 kHz: 417 bytes each. */
const mp3Frames = (count: number) => Buffer.concat(Array.from({ length: count }, () => bytes('\xff\xfb\x90\x00', 417)));
/** One ADTS frame of 100 bytes: AAC LC, 44.1 kHz, stereo. */
const adtsFrame = bytes('\xff\xf1\x50\x80\x0c\x80\xfc', 100);

describe('sniffAudio', () => {
  it.each([
    ['RIFF\0\0\0\0WAVE', 'wav'],
    ['RF64\0\0\0\0WAVE', 'wav'],
    ['FORM\0\0\0\0AIFC', 'aiff'],
    ['\0\0\0\x20ftypM4A ', 'mp4'],
    ['fLaC', 'flac'],
    ['OggS', 'ogg'],
    ['\x1a\x45\xdf\xa3', 'webm'],
  ])('knows %j', (head, container) => {
    expect(sniffAudio(bytes(head))).toEqual({ kind: 'audio', container, at: 0 });
  });

  it('finds MPEG frames, also behind a little junk', () => {
    expect(sniffAudio(mp3Frames(3))).toEqual({ kind: 'audio', container: 'mp3', at: 0 });
    expect(sniffAudio(Buffer.concat([Buffer.alloc(33), mp3Frames(3)]))).toEqual({ kind: 'audio', container: 'mp3', at: 33 });
  });

  it('tells ADTS from MPEG audio', () => {
    expect(sniffAudio(Buffer.concat([adtsFrame, adtsFrame, adtsFrame]))).toEqual({ kind: 'audio', container: 'aac', at: 0 });
  });

  it('does not take a lone frame header for audio', () => {
    expect(sniffAudio(Buffer.concat([mp3Frames(1), Buffer.alloc(2_000, 0x55)]))).toEqual({ kind: 'unknown' });
  });

  it('asks for what comes behind an ID3 tag, footer included', () => {
    expect(sniffAudio(bytes('ID3\x04\0\0\0\0\x02\x01'))).toEqual({ kind: 'id3', sizeBytes: 10 + 257 });
    expect(sniffAudio(bytes('ID3\x04\0\x10\0\0\x02\x01'))).toEqual({ kind: 'id3', sizeBytes: 20 + 257 });
  });

  it.each([['PK\x03\x04'], ['%PDF-1.7'], ['\x89PNG'], ['RIFF\0\0\0\0WEBP']])('knows that %j is no audio', (head) => {
    expect(sniffAudio(bytes(head)).kind).toBe('not_audio');
  });

  it('knows text by its bytes, in any language', () => {
    expect(sniffAudio(Buffer.from('{"message": "Überhaupt kein Ton"}\n'))).toEqual({ kind: 'not_audio', what: 'a text file' });
  });

  it('names formats that it does not take', () => {
    expect(sniffAudio(bytes('RIFF\0\0\0\0AVI '))).toEqual({ kind: 'unsupported', what: 'AVI' });
    expect(sniffAudio(bytes('#!AMR\n'))).toEqual({ kind: 'unsupported', what: 'AMR' });
  });

  it('has no opinion on nothing, and none on noise', () => {
    expect(sniffAudio(new Uint8Array(0))).toEqual({ kind: 'unknown' });
    expect(sniffAudio(Uint8Array.from({ length: 9_000 }, (_, i) => (i * i * 31) & 255))).toEqual({ kind: 'unknown' });
  });
});
