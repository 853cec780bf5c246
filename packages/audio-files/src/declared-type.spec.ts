import { describe, expect, it } from '@jest/globals';
import { contradictsContent } from './declared-type.js';

describe('contradictsContent', () => {
  it('believes the name before the content type', () => {
    expect(contradictsContent({ filename: 'a.WAV', contentType: 'audio/mpeg' }, 'wav')).toBe(false);
    expect(contradictsContent({ filename: 'a.wav', contentType: 'audio/mpeg' }, 'mp3')).toBe(true);
  });

  it('takes the content type when the name says nothing', () => {
    expect(contradictsContent({ filename: 'take.2', contentType: 'audio/mpeg' }, 'mp3')).toBe(false);
    expect(contradictsContent({ filename: 'recording', contentType: 'audio/ogg; codecs=opus' }, 'wav')).toBe(true);
    expect(contradictsContent({ contentType: 'text/plain' }, 'wav')).toBe(true);
  });

  it('hears no contradiction where nothing was said', () => {
    expect(contradictsContent({}, 'wav')).toBe(false);
    expect(contradictsContent({ filename: 'upload.bin', contentType: 'application/octet-stream' }, 'flac')).toBe(false);
  });

  it('sees through the endings of other things', () => {
    expect(contradictsContent({ filename: 'notes.txt' }, 'mp3')).toBe(true);
  });
});
