/** Features of one file, wherever they lie; frames are read when they are needed, so that memory does not grow with the audio. */
export interface FeatureSource {
  readonly frameCount: number;
  /**
   * Fills `target` [frames, featureCount] with the frames from `startFrame` on.
   * @throws RangeError when they are not all there
   */
  read(startFrame: number, target: Float32Array): void;
}

/** Features in memory, [frames, featureCount]. @throws RangeError when they are not whole frames */
export function featuresInMemory(features: Float32Array, featureCount: number): FeatureSource {
  const frameCount = features.length / featureCount;
  if (!Number.isInteger(frameCount)) throw new RangeError('the features are not whole frames');
  return {
    frameCount,
    read: (startFrame, target) => {
      const start = startFrame * featureCount;
      if (start < 0 || start + target.length > features.length) throw new RangeError('these frames are not there');
      target.set(features.subarray(start, start + target.length));
    },
  };
}
