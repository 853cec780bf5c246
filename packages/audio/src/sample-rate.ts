/** The rate, in Hz, that ingest brings all audio to and every model hears. */
export const canonicalSampleRateHz = 16_000;
