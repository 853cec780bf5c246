/** What the headers of a compressed file say before anything is decoded. */
export interface StreamFacts {
  readonly codec: string;
  readonly sampleRateHz: number;
  /** 0 when only decoding will tell. */
  readonly channels: number;
  readonly promisedMs: number | null;
  readonly isCut: boolean;
  /** Decoded audio before what is to be heard, which the codec does not drop by itself; 0 when absent. */
  readonly leadMs?: number;
}

/** An AAC frame overlaps with the one before, so the first of a stream is the beginning of nothing yet (ISO/IEC 14496-3 §4.6.11). */
export const aacPrimingMs = (sampleRateHz: number): number => (sampleRateHz > 0 ? 1_024_000 / sampleRateHz : 0);
