import type { IncomingMessage } from 'node:http';
import { Transform, type Readable } from 'node:stream';
import { Problem } from '@earmark/contracts';
import busboy from 'busboy';
import type { IncomingFile } from '../../ports.js';
import { ClientGone, refuseAnnounced, tooLarge, tooSlow } from './request-body.js';

export interface MultipartLimits {
  /** Of the whole body. */
  readonly limitBytes: number;
  /** The longest silence of the client. */
  readonly idleMs: number;
}

const MAX_FILES = 1_000;
const MAX_FILENAME = 500;
const PART_LIMITS = { files: MAX_FILES, fields: 100, fieldSize: 65_536, headerPairs: 100 };

/** The files of a multipart body, one after the other as they arrive, with bounded memory. Fields are ignored. */
export class MultipartFiles {
  readonly #waiting: IncomingFile[] = [];
  readonly #parser: ReturnType<typeof busboy>;
  readonly #meter: Transform;
  #current: Readable | undefined;
  #isDone = false;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;
  #idle: NodeJS.Timeout | undefined;

  /** Problems: `body_too_large` (announced), `malformed_request` (no boundary). */
  constructor(
    private readonly request: IncomingMessage,
    private readonly limits: MultipartLimits,
  ) {
    refuseAnnounced(request, limits.limitBytes);
    this.#parser = parserFor(request);
    this.#meter = this.#meterOf(limits.limitBytes);
    this.#connect();
  }

  /** Why the body ended too early: a Problem or {@link ClientGone}. It is the reason of whatever failed on the way to storage. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<IncomingFile, void> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const file = this.#waiting.shift();
      if (file !== undefined) {
        this.#current = file.stream;
        yield file;
      } else if (this.#isDone) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Stops reading; what is still to come is left in the request. */
  close(): void {
    clearTimeout(this.#idle);
    this.request.unpipe(this.#meter);
    this.request.off('close', this.#onClose);
    this.#parser.destroy();
  }

  readonly #onClose = (): void => {
    if (!this.request.complete) this.#fail(new ClientGone());
  };

  #connect(): void {
    this.#parser.on('file', (_field, stream, { filename, mimeType }) => this.#take(stream, filename, mimeType));
    this.#parser.on('filesLimit', () => this.#fail(tooManyFiles()));
    this.#parser.on('error', () =>
      this.#fail(new Problem('malformed_request', 'The multipart body is broken or ends too early.')),
    );
    this.#parser.on('close', () => this.#finish());
    this.request.on('close', this.#onClose);
    this.#expectMore();
    this.request.pipe(this.#meter).pipe(this.#parser);
  }

  #take(stream: Readable, filename: string | undefined, mimeType: string): void {
    // Someone else looks at the failure; without a listener it would end the process.
    stream.on('error', () => undefined);
    const name = filename ?? 'unnamed';
    if (name.length > MAX_FILENAME || name.length === 0 || name.includes('\u0000')) return this.#fail(badName());
    this.#waiting.push({ filename: name, contentType: mimeType.slice(0, 200), stream });
    this.#wake();
  }

  #meterOf(limitBytes: number): Transform {
    let sizeBytes = 0;
    return new Transform({
      transform: (chunk: Buffer, _encoding, pass) => {
        sizeBytes += chunk.length;
        this.#expectMore();
        if (sizeBytes <= limitBytes) return pass(null, chunk);
        this.#fail(tooLarge(limitBytes));
        return undefined;
      },
    });
  }

  #expectMore(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#fail(tooSlow(this.limits.idleMs)), this.limits.idleMs);
  }

  #finish(): void {
    this.#isDone = true;
    clearTimeout(this.#idle);
    this.#wake();
  }

  #fail(error: Error): void {
    if (this.#isDone || this.#failure !== undefined) return;
    this.#failure = error;
    this.#current?.destroy(error);
    for (const { stream } of this.#waiting) stream.destroy(error);
    this.close();
    this.#wake();
  }
}

function parserFor(request: IncomingMessage): ReturnType<typeof busboy> {
  try {
    return busboy({ headers: request.headers, limits: PART_LIMITS, defParamCharset: 'utf8' });
  } catch (error) {
    throw new Problem('malformed_request', 'The multipart body has no usable boundary.', { cause: error });
  }
}

function tooManyFiles(): Problem {
  return new Problem('validation_failed', `Send at most ${MAX_FILES} files in one request.`, {
    errors: [{ loc: ['body', 'file', MAX_FILES], msg: `at most ${MAX_FILES} files`, type: 'too_big' }],
  });
}

function badName(): Problem {
  return new Problem('validation_failed', `A file name must have 1 to ${MAX_FILENAME} characters and no NUL.`, {
    errors: [{ loc: ['body', 'file'], msg: `must be named by 1 to ${MAX_FILENAME} characters`, type: 'too_big' }],
  });
}
