/**
 * Little-endian 16-bit samples [2n bytes] to floats [n], -1 to just below 1; an odd last byte is ignored.
 */
export function pcm16ToFloat32(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Float32Array(Math.floor(bytes.length / 2));
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(2 * i, true) / 32_768;
  return samples;
}

/**
 * Floats [n] to little-endian 16-bit samples [2n bytes]: rounded, clipped to full scale, NaN as silence.
 * The inverse of pcm16ToFloat32, exact on its values.
 */
export function float32ToPcm16(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(2 * samples.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples.length; i++) {
    const scaled = Math.round((samples[i] as number) * 32_768);
    view.setInt16(2 * i, Math.max(-32_768, Math.min(32_767, scaled)), true);
  }
  return bytes;
}
