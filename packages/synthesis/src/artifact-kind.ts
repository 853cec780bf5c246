import type { Random } from '@earmark/audio';
import type { ClipProfile } from './clip-profile.js';

/** Where in a clip a kind may stand: on speech, in a quiet moment nearby, or anywhere. */
export type Placement = 'speech' | 'quiet' | 'anywhere';

/** Everything a kind may use to make one artifact; all audio is mono at the canonical rate. */
export interface ArtifactContext {
  /** The whole clean clip [n]. */
  readonly clean: Float32Array;
  /** First sample of the artifact in the clean clip. */
  readonly startSample: number;
  readonly lengthSamples: number;
  /** Loudness relative to the speech around it, in dB. */
  readonly levelDb: number;
  readonly profile: ClipProfile;
  /** Other speech to take foreign segments from; may be empty. */
  readonly bank: readonly Float32Array[];
  readonly random: Random;
}

/** One way in which audio goes wrong. Add one to its family's list, and the registry, the API and the tests know it. */
export interface ArtifactKind {
  /** The label that its events carry. */
  readonly artifactType: string;
  /** Unique over all families, snake_case. */
  readonly kind: string;
  readonly minLengthMs: number;
  readonly maxLengthMs: number;
  readonly placement: Placement;
  /** True when the artifact is put between two samples of the clip, false when it replaces as many samples as it has. */
  readonly inserts: boolean;
  /** True when it cannot be made without other speech. */
  readonly needsBank?: boolean;
  /** The artifact's samples [lengthSamples] in a fresh array, or undefined when it cannot stand here. */
  make(context: ArtifactContext): Float32Array | undefined;
}
