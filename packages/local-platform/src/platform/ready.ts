/** ready.json: what a running platform tells other programs of its owner. */
export interface Ready {
  readonly gateway_url: string;
  readonly docs_url: string;
  readonly api_key: string;
  /** The launcher's process id. */
  readonly pid: number;
  readonly servers: {
    /** The operator's. */
    readonly nats_url: string;
    /** For consumers outside the platform: reads events, changes nothing. */
    readonly events_url: string;
    /** The administrator's. */
    readonly database_url: string;
    readonly s3_endpoint: string;
    readonly s3: {
      readonly access_key: string;
      readonly secret_key: string;
      readonly region: string;
      readonly bucket: string;
    };
  };
}
