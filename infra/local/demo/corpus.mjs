// The demo's labelled corpus: speech with glitches and long pauses at exactly known places, in files of about 20 seconds.
import { canonicalSampleRateHz, createRandom, float32ToPcm16, writeWavHeader } from '@earmark/audio';
import { colourChannel, drawChannelColour, synthesize } from '@earmark/synthesis';
import { speak } from './speech.mjs';

const artifactTypes = ['glitch', 'long_pause'];

/** @typedef {{ name: string, wav: Uint8Array, seconds: number, labels: { artifact_type: string, start_ms: number, end_ms: number }[] }} LabelledFile */

/** One file of the corpus; the same index makes the same file. @returns {LabelledFile} */
export function labelledFile(index, seconds = 20) {
  const made = synthesize(speak(index, seconds), {
    seed: `demo-${index}`,
    kinds: artifactTypes,
    densityPerMinute: 22,
    levelDb: { min: -8, max: 2 },
  });
  const random = createRandom(`demo-channel-${index}`);
  const samples = colourChannel(made.samples, drawChannelColour(random), random);
  return {
    name: `demo-${String(index).padStart(3, '0')}.wav`,
    wav: wavOf(samples),
    seconds: samples.length / canonicalSampleRateHz,
    labels: made.events.map((event) => ({ artifact_type: event.artifactType, start_ms: event.startMs, end_ms: event.endMs })),
  };
}

function wavOf(samples) {
  const data = float32ToPcm16(samples);
  const header = writeWavHeader({
    sampleRateHz: canonicalSampleRateHz,
    channels: 1,
    bitsPerSample: 16,
    dataBytes: data.byteLength,
  });
  return Buffer.concat([header, data]);
}
