import type { IncomingMessage, ServerResponse } from 'node:http';
import { S3Error } from './s3-error.js';
import { xmlDocument } from './xml.js';

const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** One request and its answer, with the path-style address `/bucket/key` taken apart. */
export class Exchange {
  readonly method: string;
  /** Decoded path, with its leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly bucket: string;
  readonly key: string;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    /** Whether the client waits for "100 Continue" before it sends the body. */
    private awaitsContinue: boolean,
  ) {
    const target = request.url ?? '/';
    const mark = target.indexOf('?');
    this.method = request.method ?? 'GET';
    // Not by URL: it would resolve dots that belong to a key.
    this.path = decodePath(mark < 0 ? target : target.slice(0, mark));
    this.query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
    const slash = this.path.indexOf('/', 1);
    this.bucket = slash < 0 ? this.path.slice(1) : this.path.slice(1, slash);
    this.key = slash < 0 ? '' : this.path.slice(slash + 1);
  }

  /** A request header, or an empty text. */
  header(name: string): string {
    const value = this.request.headers[name] ?? '';
    return Array.isArray(value) ? value.join(',') : value;
  }

  /** The body as it is on the wire; whoever stops reading early leaves the connection usable. */
  body(): AsyncIterable<Buffer> {
    return this.rawBody().iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  }

  /** The body as a stream. */
  rawBody(): IncomingMessage {
    if (this.awaitsContinue) this.response.writeContinue();
    this.awaitsContinue = false;
    return this.request;
  }

  /** A small body as text; `MalformedXML` when it is not small. */
  async text(): Promise<string> {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of this.body()) {
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_TEXT_BYTES) throw new S3Error('MalformedXML', 'The body is too long.');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  /** Answers without a body. */
  answer(status: number, headers: Readonly<Record<string, string | number>> = {}): void {
    this.response.writeHead(status, status === 204 || status === 304 ? headers : { 'content-length': 0, ...headers });
    this.response.end();
  }

  /** Answers with an XML document. */
  answerXml(root: string, content: string, status = 200, headers: Readonly<Record<string, string>> = {}): void {
    const text = xmlDocument(root, content);
    const length = Buffer.byteLength(text);
    this.response.writeHead(status, { ...headers, 'content-type': 'application/xml', 'content-length': length });
    this.response.end(this.method === 'HEAD' ? undefined : text);
  }

  /** Whether a client that waits for "100 Continue" never got it: its connection cannot be used again. */
  get bodyUnsent(): boolean {
    return this.awaitsContinue;
  }
}

/** A percent-encoded path as it was meant; `InvalidArgument` when it is not UTF-8. */
export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    throw new S3Error('InvalidArgument', 'The path is not valid percent-encoded UTF-8.', { cause: error });
  }
}
