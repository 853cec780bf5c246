export type { ArtifactContext, ArtifactKind, Placement } from './artifact-kind.js';
export { colourChannel, drawChannelColour } from './channel-colour.js';
export type { ChannelColour } from './channel-colour.js';
export { changeSpeed } from './change-speed.js';
export { artifactKinds, kindsNamed } from './registry.js';
export { synthesize } from './synthesize.js';
export type { ExistingEvent, SynthesisOptions, SynthesizedClip, SynthesizedEvent } from './synthesize.js';
