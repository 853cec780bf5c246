/** Zeroth-order modified Bessel function of the first kind, by its power series (Abramowitz & Stegun 9.6.12). */
export function besselI0(x: number): number {
  const quarterSquare = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= quarterSquare / (k * k);
    sum += term;
  }
  return sum;
}

/** Kaiser's beta for a stop-band attenuation in dB (J. F. Kaiser, 1974; the formula of scipy.signal.kaiser_beta). */
export function kaiserBeta(attenuationDb: number): number {
  if (attenuationDb > 50) return 0.1102 * (attenuationDb - 8.7);
  if (attenuationDb > 21) return 0.5842 * (attenuationDb - 21) ** 0.4 + 0.07886 * (attenuationDb - 21);
  return 0;
}

/** Length in samples of a Kaiser-windowed filter whose transition band is `transition` of the sample rate wide. */
export function kaiserLength(attenuationDb: number, transition: number): number {
  return (attenuationDb - 7.95) / (2.285 * 2 * Math.PI * transition);
}

/**
 * Impulse response of a Kaiser-windowed low-pass filter at any real time.
 * @param cutoff the -6 dB frequency as a share of the sample rate, 0-0.5
 * @param halfLength support on each side, in samples; zero outside
 * @returns a function of time in samples
 */
export function windowedSinc(cutoff: number, halfLength: number, beta: number): (time: number) => number {
  const atCentre = besselI0(beta);
  return (time) => {
    const position = time / halfLength;
    if (Math.abs(position) >= 1) return 0;
    const window = besselI0(beta * Math.sqrt(1 - position * position)) / atCentre;
    const angle = 2 * Math.PI * cutoff * time;
    const sinc = Math.abs(angle) < 1e-9 ? 1 : Math.sin(angle) / angle;
    return 2 * cutoff * sinc * window;
  };
}
