import type http from 'node:http';
import { Client, type ClientOptions } from 'minio';
import { isStaleConnection, mapVendorError } from './minio-errors.js';
import { keepAliveAgent, timedTransport } from './minio-transport.js';

/** Every upload in parts uses parts of this size, so that a stream costs two of them in memory, whatever its length. */
export const PART_BYTES = 16 * 1024 * 1024;

/** Where storage is and who we are there. */
export interface MinioBlobStoreOptions {
  /** Storage as this process reaches it, such as `http://127.0.0.1:9000`. */
  readonly endpoint: string;
  /** Storage as clients reach it, when by another name; permissions are signed for it. Default: `endpoint`. */
  readonly publicEndpoint?: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly bucket: string;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Give up on a server that is silent for so long; default 60,000 ms. */
  readonly idleTimeoutMs?: number;
  /** Objects above this are copied in parts (S3 copies at most 5 GiB at once); default 5 GiB, at least 5 MiB. */
  readonly maxSingleCopyBytes?: number;
  /** Time of the signatures of permissions. */
  readonly now: () => Date;
}

/** The vendor's client for our endpoint and one for the public name, with errors translated. */
export class MinioConnection {
  readonly bucket: string;
  readonly region: string;
  readonly client: Client;
  /** Signs only; it never sends anything. */
  readonly signer: Client;
  readonly publicEndpoint: URL;
  readonly #agent: http.Agent;

  constructor(readonly options: MinioBlobStoreOptions) {
    this.bucket = options.bucket;
    this.region = options.region ?? 'us-east-1';
    const endpoint = parseEndpoint(options.endpoint);
    this.publicEndpoint = parseEndpoint(options.publicEndpoint ?? options.endpoint);
    this.#agent = keepAliveAgent(endpoint.protocol === 'https:');
    this.client = this.#clientFor(endpoint);
    this.signer = this.#clientFor(this.publicEndpoint);
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Runs one request; it must be repeatable, because it is sent again once when an idle connection had died. */
  async call<T>(what: string, send: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await send(this.client).catch((error: unknown) => {
        if (isStaleConnection(error)) return send(this.client);
        throw error;
      });
    } catch (error) {
      throw mapVendorError(error, what);
    }
  }

  #clientFor(endpoint: URL): Client {
    const secure = endpoint.protocol === 'https:';
    return new Client({
      endPoint: endpoint.hostname,
      port: endpoint.port === '' ? (secure ? 443 : 80) : Number(endpoint.port),
      useSSL: secure,
      accessKey: this.options.accessKey,
      secretKey: this.options.secretKey,
      region: this.region,
      pathStyle: true,
      partSize: PART_BYTES,
      // It calls only this one of the overloads of http.request.
      transport: timedTransport(secure, this.options.idleTimeoutMs ?? 60_000) as NonNullable<ClientOptions['transport']>,
      transportAgent: this.#agent,
      // The client repeats with console output and loses the answer's code; callers have their own retry tables.
      retryOptions: { disableRetry: true },
    });
  }
}

function parseEndpoint(text: string): URL {
  const url = new URL(text);
  if (!['http:', 'https:'].includes(url.protocol) || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new RangeError(`an object storage endpoint is http(s)://host[:port], not ${JSON.stringify(text)}`);
  }
  return url;
}
