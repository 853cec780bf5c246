import { runScript } from './run-script.mjs';

/** Prints how many times real time one core decodes each format; baseline is the resampler alone. Other formats than WAV need ffmpeg to make them. */
export async function measure() {
  runScript('packages/audio-files/bench/decode.mjs');
}
