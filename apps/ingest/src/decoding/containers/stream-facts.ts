/** What the headers of a compressed file say before anything is decoded. */
export interface StreamFacts {
  readonly codec: string;
  readonly sampleRateHz: number;
  /** 0 when only decoding will tell. */
  readonly channels: number;
  readonly promisedMs: number | null;
  readonly isCut: boolean;
}
