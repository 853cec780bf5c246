import { clipToWindow, type Portion, type SoundEvent } from '@earmark/sound-events';

/** A labelled file as training takes it. */
export interface TrainingFile {
  readonly fileId: string;
  /** Speaker or source: files of one group never stand on both sides of a split. */
  readonly group?: string;
  /** Cached features, [frames, featureCount]. */
  readonly features: Float32Array;
  /** Everything outside of these is taken as clean. */
  readonly events: readonly SoundEvent[];
}

/** Consecutive labelled frames: a file, or a part of one. */
export interface Stretch {
  readonly fileId: string;
  /** [frameCount, featureCount], a view into the file's features. */
  readonly features: Float32Array;
  readonly frameCount: number;
  /** Times from the start of the stretch. */
  readonly events: readonly SoundEvent[];
}

export interface FrameGeometry {
  readonly featureCount: number;
  readonly frameMs: number;
}

/** The stretches that portions of files stand for; those without a whole frame are left out. */
export function stretchesOf(files: readonly TrainingFile[], portions: readonly Portion[], geometry: FrameGeometry): Stretch[] {
  const byId = new Map(files.map((file) => [file.fileId, file]));
  return portions.flatMap((portion) => {
    const file = byId.get(portion.fileId);
    if (!file) throw new RangeError(`no features for file ${portion.fileId}`);
    const stretch = cut(file, portion, geometry);
    return stretch.frameCount > 0 ? [stretch] : [];
  });
}

/** @throws RangeError when the features are not whole frames */
function cut(file: TrainingFile, { startMs, endMs }: Portion, { featureCount, frameMs }: FrameGeometry): Stretch {
  if (file.features.length % featureCount !== 0) throw new RangeError(`file ${file.fileId}: the features are not whole frames`);
  const startFrame = Math.ceil(startMs / frameMs);
  const endFrame = Math.min(Math.floor(endMs / frameMs), file.features.length / featureCount);
  const window = { startMs: startFrame * frameMs, endMs: endFrame * frameMs };
  return {
    fileId: file.fileId,
    features: file.features.subarray(startFrame * featureCount, endFrame * featureCount),
    frameCount: Math.max(0, endFrame - startFrame),
    events: clipToWindow(file.events, window),
  };
}
