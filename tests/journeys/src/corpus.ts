import { float32ToPcm16, writeWavHeader } from '@earmark/audio';
import { synthesize } from '@earmark/synthesis';
import { speechLike } from '@earmark/testkit';

export interface LabelledFile {
  readonly name: string;
  readonly wav: Uint8Array;
  readonly labels: readonly { artifact_type: string; start_ms: number; end_ms: number }[];
}

const sampleRateHz = 16_000;

/** 16 kHz mono 16-bit WAV bytes. */
export function toWav(samples: Float32Array): Uint8Array {
  const data = float32ToPcm16(samples);
  const header = writeWavHeader({ sampleRateHz, channels: 1, bitsPerSample: 16, dataBytes: data.byteLength });
  const file = new Uint8Array(header.byteLength + data.byteLength);
  file.set(header);
  file.set(data, header.byteLength);
  return file;
}

/** `count` files of `seconds` of speech-like sound with glitches and long pauses at known places; the same seed gives the same bytes. */
export function labelledCorpus(count: number, seconds: number, seed = 1): LabelledFile[] {
  return Array.from({ length: count }, (_, index) => {
    const clean = speechLike({ durationMs: seconds * 1000, seed: seed * 1000 + index });
    const made = synthesize(clean, {
      seed: seed * 1000 + index,
      kinds: ['click', 'noise_burst', 'dropout', 'long_pause'],
      densityPerMinute: 16,
    });
    return {
      name: `file-${seed}-${String(index).padStart(3, '0')}.wav`,
      wav: toWav(made.samples),
      labels: made.events.map((event) => ({ artifact_type: event.artifactType, start_ms: event.startMs, end_ms: event.endMs })),
    };
  });
}
