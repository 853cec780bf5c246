import { beforeAll, describe, expect, it } from '@jest/globals';
import { noise, silence, speechLike } from '@earmark/testkit';
import { Api } from '../src/api.js';
import { toWav } from '../src/corpus.js';
import { createDataset, settledAudio, uploadAudio, type AudioFile } from '../src/story.js';

const speech = (): Uint8Array => toWav(speechLike({ durationMs: 4000 }));

/** A WAV whose header is changed by `edit` after the fact. */
function wavWith(edit: (view: DataView) => void): Uint8Array {
  const wav = speech();
  edit(new DataView(wav.buffer));
  return wav;
}

/** Bytes that are no audio at all, the same every time. */
const rubbish = new Uint8Array(noise({ durationMs: 1000, amplitude: 1 }).map((value) => Math.round(value * 127)));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const zip = new Uint8Array([0x50, 0x4b, 0x03, 0x04, ...rubbish.slice(0, 4000)]);

interface Verdict {
  name: string;
  bytes: () => Uint8Array;
  status: 'ready' | 'failed';
  codes?: string[];
  warning?: RegExp;
}

/** Decision 28: each file and what must be said of it. */
const verdicts: Verdict[] = [
  { name: 'good.wav', bytes: speech, status: 'ready' },
  { name: 'noise.wav', bytes: () => rubbish, status: 'failed', codes: ['undecodable', 'no_audio'] },
  {
    name: 'text.wav',
    bytes: () => text('this is a letter, not a recording\n'.repeat(50)),
    status: 'failed',
    codes: ['undecodable', 'no_audio'],
  },
  { name: 'archive.wav', bytes: () => zip, status: 'failed', codes: ['undecodable', 'no_audio'] },
  { name: 'header-only.wav', bytes: () => speech().slice(0, 44), status: 'failed', codes: ['empty', 'truncated'] },
  { name: 'half.wav', bytes: () => speech().slice(0, 64_000), status: 'failed', codes: ['truncated'] },
  { name: 'nearly-whole.wav', bytes: () => speech().slice(0, 125_000), status: 'ready', warning: /truncated/ },
  { name: 'one-byte.wav', bytes: () => new Uint8Array([82]), status: 'failed', codes: ['undecodable', 'no_audio', 'empty'] },
  { name: 'silent.wav', bytes: () => toWav(silence({ durationMs: 3000 })), status: 'ready', warning: /silent/ },
  { name: 'one-sample.wav', bytes: () => toWav(new Float32Array([0.5])), status: 'ready' },
  { name: 'wrong-name.mp3', bytes: speech, status: 'ready', warning: /extension|content/ },
  {
    name: 'rate-zero.wav',
    bytes: () => wavWith((view) => view.setUint32(24, 0, true)),
    status: 'failed',
    codes: ['bad_sample_rate'],
  },
  {
    name: 'rate-4-ghz.wav',
    bytes: () => wavWith((view) => view.setUint32(24, 4_000_000_000, true)),
    status: 'failed',
    codes: ['bad_sample_rate'],
  },
  {
    name: 'many-channels.wav',
    bytes: () => wavWith((view) => view.setUint16(22, 65_535, true)),
    status: 'failed',
    codes: ['too_many_channels'],
  },
  {
    name: 'hundred-channels.wav',
    bytes: () => wavWith((view) => view.setUint16(22, 100, true)),
    status: 'failed',
    codes: ['too_many_channels'],
  },
];

describe('hostile and broken audio through the API', () => {
  let api: Api;
  let datasetId: string;
  let files: AudioFile[];

  beforeAll(async () => {
    api = Api.shared();
    datasetId = await createDataset(api, 'Hostile');
    for (const { name, bytes } of verdicts) await uploadAudio(api, datasetId, name, bytes());
    files = await settledAudio(api, datasetId);
  }, 180_000);

  it.each(verdicts.map((verdict) => [verdict.name, verdict] as const))('%s gets its verdict', (name, verdict) => {
    const file = files.find((candidate) => candidate.original_filename === name);
    expect(file?.processing_status).toBe(verdict.status);
    if (verdict.codes) {
      expect(verdict.codes).toContain(file?.error_code);
      expect(file?.error_message).toMatch(/\w+ \w+/);
    } else expect(file?.error_code).toBeNull();
    if (verdict.warning) expect(file?.warnings.join(' ')).toMatch(verdict.warning);
  });

  it('a file of 0 bytes is refused before anything is uploaded', async () => {
    const answer = await api.send('POST', `/datasets/${datasetId}/audio/upload-url`, {
      filename: 'empty.wav',
      content_type: 'audio/wav',
      file_size: 0,
    });
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed', errors: [{ loc: ['body', 'file_size'] }] } });
  });

  it('and the platform goes on: a good file after all of them is ready', async () => {
    const next = await createDataset(api, 'After hostile');
    await uploadAudio(api, next, 'good.wav', speech());
    expect((await settledAudio(api, next))[0]).toMatchObject({ processing_status: 'ready', duration_ms: 4000 });
  });
});
