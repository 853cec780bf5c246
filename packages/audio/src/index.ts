export const canonicalSampleRateHz = 16_000;
