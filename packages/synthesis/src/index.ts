export type { ArtifactContext, ArtifactKind, Placement } from './artifact-kind.js';
export { colourChannel, drawChannelColour } from './channel-colour.js';
export type { ChannelColour } from './channel-colour.js';
export { artifactKinds, kindsNamed } from './registry.js';
export { synthesize } from './synthesize.js';
export type { SynthesisOptions, SynthesizedClip, SynthesizedEvent } from './synthesize.js';
