import { canonicalSampleRateHz, type SampleSource } from '@earmark/audio';
import { clipToWindow, type Portion, type SoundEvent } from '@earmark/sound-events';
import type { FeatureSource } from './feature-source.js';

/** A labelled file as training takes it. */
export interface TrainingFile {
  readonly fileId: string;
  /** Speaker or source: files of one group never stand on both sides of a split. */
  readonly group?: string;
  /** Hash of the audio: the same audio under two ids stays on one side of a split. */
  readonly contentId?: string;
  readonly features: FeatureSource;
  /** The audio itself, at the features' rate; without it the file is not copied with synthetic artifacts. */
  readonly audio?: SampleSource;
  /** Everything outside of these is taken as clean. */
  readonly events: readonly SoundEvent[];
}

/** Consecutive labelled frames: a file, or a part of one. */
export interface Stretch {
  readonly fileId: string;
  readonly group?: string;
  /** The stretch's own frames, counted from its start. */
  readonly features: FeatureSource;
  /** Its own samples. */
  readonly audio?: SampleSource;
  /** Times from the start of the stretch. */
  readonly events: readonly SoundEvent[];
}

/** The stretches that portions of files stand for; those without a whole frame are left out. */
export function stretchesOf(files: readonly TrainingFile[], portions: readonly Portion[], frameMs: number): Stretch[] {
  const byId = new Map(files.map((file) => [file.fileId, file]));
  return portions.flatMap((portion) => {
    const file = byId.get(portion.fileId);
    if (!file) throw new RangeError(`no features for file ${portion.fileId}`);
    const stretch = cut(file, portion, frameMs);
    return stretch.features.frameCount > 0 ? [stretch] : [];
  });
}

function cut({ fileId, group, features, audio, events }: TrainingFile, { startMs, endMs }: Portion, frameMs: number): Stretch {
  const startFrame = Math.ceil(startMs / frameMs);
  const endFrame = Math.min(Math.floor(endMs / frameMs), features.frameCount);
  const window = { startMs: startFrame * frameMs, endMs: endFrame * frameMs };
  return {
    fileId,
    ...(group === undefined ? {} : { group }),
    features: part(features, startFrame, Math.max(0, endFrame - startFrame)),
    ...(audio ? { audio: audioPart(audio, window) } : {}),
    events: clipToWindow(events, window),
  };
}

function part(features: FeatureSource, startFrame: number, frameCount: number): FeatureSource {
  return { frameCount, read: (frame, target) => features.read(startFrame + frame, target) };
}

function audioPart(audio: SampleSource, { startMs, endMs }: { readonly startMs: number; readonly endMs: number }): SampleSource {
  const samplesPerMs = canonicalSampleRateHz / 1000;
  const first = startMs * samplesPerMs;
  const sampleCount = Math.max(0, Math.min(audio.sampleCount, endMs * samplesPerMs) - first);
  return { sampleCount, read: (start, end) => audio.read(first + start, first + Math.min(end, sampleCount)) };
}
