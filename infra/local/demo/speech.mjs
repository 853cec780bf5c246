// Clean speech for the demo: sentences spoken by espeak-ng (found on the machine or installed from Debian). Deterministic by seed.
import { spawnSync } from 'node:child_process';
import { createRandom, parseWavHeader, pcm16ToFloat32, resample, canonicalSampleRateHz } from '@earmark/audio';

const sentences = [
  'Good morning, you have reached the {place} desk, how may I help?',
  'I see {number} open requests on your account since {day}.',
  'The technician can come on {day}, shortly after {hour}.',
  'Could you read me the {number} digits on the back of the card?',
  'We moved your booking to {hour}, a message is on its way.',
  'There is a small delay near {place}, please allow {number} more minutes.',
  'Your parcel was handed over at {place} on {day}.',
  'If you want to change the time, say change, otherwise stay on the line.',
  'The balance is {number} hundred and {number} dollars.',
  'Thank you for waiting, a colleague will join us at {hour}.',
];
const words = {
  place: ['the harbour', 'the northern gate', 'the city library', 'the old mill', 'the bus terminal'],
  number: ['two', 'five', 'nine', 'fourteen', 'thirty'],
  day: ['Monday', 'Wednesday', 'Friday morning', 'the second of June', 'Saturday'],
  hour: ['eight', 'a quarter to ten', 'noon', 'half past three', 'seven in the evening'],
};
const voices = ['en-us+m2', 'en-us+f1', 'en-gb+m5', 'en-gb+f4', 'en-us+m6', 'en-gb+f2'];

/** About `seconds` of speech at the canonical rate, mono float; the same seed says the same. */
export function speak(seed, seconds) {
  const random = createRandom(`demo-speech-${seed}`);
  const voice = voices[seed % voices.length];
  const parts = [];
  let length = 0;
  while (length < seconds * canonicalSampleRateHz) {
    const text = random.pick(sentences).replace(/\{(\w+)\}/g, (_whole, slot) => random.pick(words[slot]));
    const spoken = say(text, voice, random.int(140, 181));
    const gap = new Float32Array(Math.round(random.range(0.12, 0.35) * canonicalSampleRateHz));
    parts.push(spoken, gap);
    length += spoken.length + gap.length;
  }
  return joined(parts, length);
}

function say(text, voice, wordsPerMinute) {
  const args = ['-v', voice, '-s', String(wordsPerMinute), '--stdout', text];
  const run = spawnSync('espeak-ng', args, { maxBuffer: 1 << 26 });
  if (run.status !== 0) throw new Error(`espeak-ng failed: ${run.error?.message ?? run.stderr.toString()}`);
  const bytes = new Uint8Array(run.stdout);
  const header = parseWavHeader(bytes);
  // espeak-ng writes to a pipe, so the size in its header is not the real one: everything behind the header is samples.
  return resample(pcm16ToFloat32(bytes.subarray(header.dataOffset)), {
    fromHz: header.sampleRateHz,
    toHz: canonicalSampleRateHz,
  });
}

function joined(parts, length) {
  const whole = new Float32Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
