/**
 * The mean of all channels: planar blocks [channels][n] to mono [n]. Works block by block, so it streams as it is.
 * @throws RangeError when there is no channel or the channels differ in length
 */
export function mixPlanarToMono(channels: readonly Float32Array[]): Float32Array {
  const first = channels[0];
  if (!first) throw new RangeError('no channel to mix');
  if (channels.some((channel) => channel.length !== first.length)) throw new RangeError('channels differ in length');
  const mono = new Float32Array(first.length);
  for (let i = 0; i < mono.length; i++) {
    let sum = 0;
    for (const channel of channels) sum += channel[i] as number;
    mono[i] = sum / channels.length;
  }
  return mono;
}

/** Mixes interleaved samples to mono as they arrive; a frame may be cut between two pushes. */
export class InterleavedMonoMixer {
  private readonly channels: number;
  private sum = 0;
  private seen = 0;

  /** @throws RangeError when `channels` is not a whole number from 1 */
  constructor(channels: number) {
    if (!Number.isInteger(channels) || channels < 1) throw new RangeError(`${channels} channels cannot be mixed`);
    this.channels = channels;
  }

  /** Takes interleaved samples and returns the mean of each frame completed so far. */
  push(interleaved: Float32Array): Float32Array {
    const mono = new Float32Array(Math.floor((this.seen + interleaved.length) / this.channels));
    let frames = 0;
    for (const sample of interleaved) {
      this.sum += sample;
      this.seen += 1;
      if (this.seen < this.channels) continue;
      mono[frames++] = this.sum / this.channels;
      this.sum = 0;
      this.seen = 0;
    }
    return mono;
  }
}
