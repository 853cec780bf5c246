import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { authenticate, type Identity } from './authenticate.js';
import { bucketRoute, ensureBucket, listBuckets } from './bucket-routes.js';
import type { Context } from './context.js';
import { Exchange } from './exchange.js';
import { formUpload, isFormUpload } from './form-upload.js';
import type { OpenFile } from './journal.js';
import { objectRoute } from './object-routes.js';
import { ObjectStore } from './object-store.js';
import { S3Error } from './s3-error.js';
import { elements } from './xml.js';

const HEALTH_PATHS = new Set(['/minio/health/live', '/minio/health/ready']);
const STOP_GRACE_MS = 2000;

/** How to run the server. */
export interface EmbeddedS3Options {
  /** Where everything is kept; created when absent. */
  readonly dir: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** A bucket that is there from the start; default none. */
  readonly bucket?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Milliseconds since the epoch; default the machine's clock. */
  readonly nowMs?: () => number;
  /** Opens files for writing; tests fill the disk with it. */
  readonly openFile?: OpenFile;
  /** Hears of errors that are the server's own fault (answered with 500). */
  readonly onError?: (error: unknown) => void;
}

/** An S3 server over a directory, for development and tests only. */
export class EmbeddedS3 {
  readonly #server: http.Server;
  readonly #context: Context;
  readonly #identity: Identity;

  private constructor(
    store: ObjectStore,
    private readonly options: EmbeddedS3Options,
  ) {
    const { accessKey, secretKey, region = 'us-east-1', nowMs = Date.now } = options;
    this.#identity = { accessKey, secretKey, region };
    this.#context = { store, region, nowMs };
    this.#server = http.createServer({ requestTimeout: 0, keepAliveTimeout: 65_000 });
    this.#server.on('request', (request, response) => void this.#handle(request, response, false));
    this.#server.on('checkContinue', (request, response) => void this.#handle(request, response, true));
  }

  /** Opens the directory and listens; throws when the port or the directory is taken. */
  static async start(options: EmbeddedS3Options): Promise<EmbeddedS3> {
    const store = await ObjectStore.open(options.dir, options.openFile);
    const server = new EmbeddedS3(store, options);
    try {
      if (options.bucket !== undefined) await ensureBucket(server.#context, options.bucket);
      await server.#listen();
    } catch (error) {
      await store.close();
      throw error;
    }
    return server;
  }

  /** Where clients reach it, such as `http://127.0.0.1:9000`. */
  get endpoint(): string {
    const { address, family, port } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Stops listening, lets running requests end for a moment, and closes the directory. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    const cut = setTimeout(() => this.#server.closeAllConnections(), STOP_GRACE_MS);
    await closed;
    clearTimeout(cut);
    await this.#context.store.close();
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.options.port ?? 0, this.options.host ?? '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  async #handle(request: http.IncomingMessage, response: http.ServerResponse, awaitsContinue: boolean): Promise<void> {
    response.setHeader('server', 'embedded-s3');
    response.setHeader('x-amz-request-id', randomBytes(8).toString('hex'));
    allowOrigins(request, response);
    let exchange: Exchange | undefined;
    try {
      exchange = new Exchange(request, response, awaitsContinue);
      await this.#route(exchange);
    } catch (error) {
      this.#fail(request, response, error, exchange?.bodyUnsent ?? awaitsContinue);
    }
  }

  async #route(exchange: Exchange): Promise<void> {
    if (exchange.method === 'OPTIONS') return answerPreflight(exchange);
    if (HEALTH_PATHS.has(exchange.path)) return exchange.answer(200);
    if (isFormUpload(exchange)) return formUpload(exchange, this.#context, this.#identity);
    const { method, path, query, request } = exchange;
    const auth = authenticate({ method, path, query, headers: request.headers }, this.#identity, this.#context.nowMs());
    if (exchange.bucket === '') return listBuckets(exchange, this.#context);
    return exchange.key === '' ? bucketRoute(exchange, this.#context, auth) : objectRoute(exchange, this.#context, auth);
  }

  #fail(request: http.IncomingMessage, response: http.ServerResponse, error: unknown, bodyUnsent: boolean): void {
    const clientLeft = request.destroyed && !request.complete;
    if (response.headersSent || clientLeft || response.destroyed) {
      response.destroy();
      return;
    }
    const answer =
      error instanceof S3Error ? error : new S3Error('InternalError', 'We encountered an internal error.', { cause: error });
    if (answer.code === 'InternalError') this.options.onError?.(error);
    // The rest of a refused body is read and thrown away, so that the client gets to read why; unless it was never sent.
    if (bodyUnsent) response.setHeader('connection', 'close');
    else request.resume();
    if (answer.status === 304) {
      response.writeHead(304).end();
      return;
    }
    const resource = (request.url ?? '/').split('?')[0] ?? '/';
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${elements({ Code: answer.code, Message: answer.message, Resource: resource })}</Error>`;
    response.writeHead(answer.status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(text) });
    response.end(request.method === 'HEAD' ? undefined : text);
  }
}

/** Browsers of any origin may use what a signature allows; the signature is the permission, cookies play no part. */
function allowOrigins(request: http.IncomingMessage, response: http.ServerResponse): void {
  response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
  response.setHeader('access-control-expose-headers', 'ETag, Location, Content-Range, Accept-Ranges, Content-Length');
  response.setHeader('vary', 'Origin');
}

function answerPreflight(exchange: Exchange): void {
  exchange.answer(204, {
    'access-control-allow-methods': 'GET, HEAD, PUT, POST, DELETE',
    'access-control-allow-headers': exchange.header('access-control-request-headers') || '*',
    'access-control-max-age': 3600,
  });
}
