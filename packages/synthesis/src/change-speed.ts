/**
 * A signal played `factor` times as fast, so that pitch and formants rise with it: another voice saying the same. Cubic interpolation
 * (Catmull-Rom), good enough for factors near 1.
 */
export function changeSpeed(samples: Float32Array, factor: number): Float32Array {
  const last = samples.length - 1;
  const at = (index: number): number => samples[Math.max(0, Math.min(last, index))] ?? 0;
  return Float32Array.from({ length: Math.floor(samples.length / factor) }, (_, i) => {
    const position = i * factor;
    const index = Math.floor(position);
    const share = position - index;
    const [a, b, c, d] = [at(index - 1), at(index), at(index + 1), at(index + 2)];
    return b + 0.5 * share * (c - a + share * (2 * a - 5 * b + 4 * c - d + share * (3 * (b - c) + d - a)));
  });
}
