import type { ArtifactKind } from './artifact-kind.js';

/** Pauses of 0.6 to 1.5 s where nobody would pause, filled with the clip's own background. */
export const longPauseKinds: readonly ArtifactKind[] = [
  {
    artifactType: 'long_pause',
    kind: 'inserted_pause',
    minLengthMs: 600,
    maxLengthMs: 1500,
    placement: 'quiet',
    inserts: true,
    make: ({ lengthSamples, profile, random }) => profile.backgroundNoise(lengthSamples, random),
  },
];
