/**
 * The mean of all channels: planar blocks [channels][n] to mono [n]. Works block by block, so it streams as it is.
 * @throws RangeError when there is no channel or the channels differ in length
 */
export function mixPlanarToMono(channels: readonly Float32Array[]): Float32Array {
  const first = channels[0];
  if (!first) throw new RangeError('no channel to mix');
  if (channels.some((channel) => channel.length !== first.length)) throw new RangeError('channels differ in length');
  const [, second] = channels;
  const mono = new Float32Array(first.length);
  // Two channels have a loop of their own: nearly all audio has one or two.
  if (second && channels.length === 2) {
    for (let i = 0; i < mono.length; i++) mono[i] = ((first[i] as number) + (second[i] as number)) / 2;
    return mono;
  }
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
    let read = this.finishFrame(interleaved, mono);
    let frames = read > 0 ? 1 : 0;
    if (this.channels === 2) {
      for (; frames < mono.length; frames++, read += 2) {
        mono[frames] = ((interleaved[read] as number) + (interleaved[read + 1] as number)) / 2;
      }
    } else {
      for (; frames < mono.length; frames++, read += this.channels) mono[frames] = this.frameMean(interleaved, read);
    }
    for (; read < interleaved.length; read++, this.seen++) this.sum += interleaved[read] as number;
    return mono;
  }

  /** Completes a frame that the last push cut, when there is one and it can be; returns the samples taken. */
  private finishFrame(interleaved: Float32Array, mono: Float32Array): number {
    if (this.seen === 0 || mono.length === 0) return 0;
    const missing = this.channels - this.seen;
    for (let i = 0; i < missing; i++) this.sum += interleaved[i] as number;
    mono[0] = this.sum / this.channels;
    [this.sum, this.seen] = [0, 0];
    return missing;
  }

  private frameMean(interleaved: Float32Array, at: number): number {
    let sum = 0;
    for (let channel = 0; channel < this.channels; channel++) sum += interleaved[at + channel] as number;
    return sum / this.channels;
  }
}
