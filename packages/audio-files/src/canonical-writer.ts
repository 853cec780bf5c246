import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import {
  canonicalSampleRateHz,
  float32ToPcm16,
  PeakAccumulator,
  StreamingResampler,
  wavHeaderSizeBytes,
  writeWavHeader,
} from '@earmark/audio';
import type { PeakLevel } from '@earmark/audio';

/** 10 ms a peak at the finest level, then 40, 160 and 640 ms. */
const peakPyramid = { samplesPerPeak: 160, levels: 4, factor: 4 } as const;
const bufferBytes = 262_144;

/** Writes mono audio of any rate as the canonical 16 kHz PCM16 WAV file and its waveform peaks, in constant memory. */
export class CanonicalWriter {
  private readonly resampler: StreamingResampler;
  private readonly peaks = new PeakAccumulator(peakPyramid);
  private readonly buffer = new Uint8Array(bufferBytes);
  private buffered = 0;
  private sampleCount = 0;
  private firstSample: number | undefined;

  private constructor(
    private readonly file: FileHandle,
    private readonly peaksPath: string,
    fromHz: number,
  ) {
    this.resampler = new StreamingResampler({ fromHz, toHz: canonicalSampleRateHz });
  }

  /** @param paths where the audio and the peaks go; both are overwritten */
  static async create(
    paths: { readonly audioPath: string; readonly peaksPath: string },
    fromHz: number,
  ): Promise<CanonicalWriter> {
    const file = await open(paths.audioPath, 'w');
    const writer = new CanonicalWriter(file, paths.peaksPath, fromHz);
    await file.write(new Uint8Array(wavHeaderSizeBytes));
    return writer;
  }

  async push(mono: Float32Array): Promise<void> {
    this.firstSample ??= mono[0];
    await this.write(this.resampler.push(mono));
  }

  /** Completes both files. @returns how many samples the canonical file has; any audio at all makes at least one */
  async finish(): Promise<number> {
    await this.write(this.resampler.flush());
    if (this.sampleCount === 0 && this.firstSample !== undefined) await this.write(Float32Array.of(this.firstSample));
    await this.writeBuffered();
    const format = { sampleRateHz: canonicalSampleRateHz, channels: 1, bitsPerSample: 16 };
    await this.file.write(writeWavHeader({ ...format, dataBytes: 2 * this.sampleCount }), 0, wavHeaderSizeBytes, 0);
    await this.writePeaks(this.peaks.finish());
    return this.sampleCount;
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async write(samples: Float32Array): Promise<void> {
    this.peaks.push(samples);
    this.sampleCount += samples.length;
    const bytes = float32ToPcm16(samples);
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + bufferBytes - this.buffered);
      this.buffer.set(piece, this.buffered);
      this.buffered += piece.length;
      at += piece.length;
      if (this.buffered === bufferBytes) await this.writeBuffered();
    }
  }

  private async writeBuffered(): Promise<void> {
    for (let at = 0; at < this.buffered;) at += (await this.file.write(this.buffer, at, this.buffered - at)).bytesWritten;
    this.buffered = 0;
  }

  /** A JSON document: `{ sample_rate, sample_count, levels: [{ samples_per_peak, min_max: [min, max, …] }] }`, full scale 32768. */
  private async writePeaks(levels: readonly PeakLevel[]): Promise<void> {
    const peaks = await open(this.peaksPath, 'w');
    try {
      await peaks.write(`{"sample_rate":${canonicalSampleRateHz},"sample_count":${this.sampleCount},"levels":[`);
      for (const [i, { samplesPerPeak, minMax }] of levels.entries()) {
        await peaks.write(`${i > 0 ? ',' : ''}{"samples_per_peak":${samplesPerPeak},"min_max":[`);
        for (let at = 0; at < minMax.length; at += 32_768) {
          await peaks.write(`${at > 0 ? ',' : ''}${minMax.subarray(at, at + 32_768).join(',')}`);
        }
        await peaks.write(']}');
      }
      await peaks.write(']}');
    } finally {
      await peaks.close();
    }
  }
}
