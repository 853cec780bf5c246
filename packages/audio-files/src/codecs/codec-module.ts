import { readFile } from 'node:fs/promises';
import { DecodeRejection } from '../decode-verdict.js';
import type { FileBytes } from '../file-bytes.js';
import type { AudioContainer } from '../sniff-audio.js';
import { webAssembly, type CompiledModule } from './web-assembly.js';

/** Containers that the module reads, by its numbers for them. */
const containerNumbers = { mp3: 0, aac: 1, flac: 2, ogg: 3, mp4: 4, webm: 5 } as const satisfies Partial<
  Record<AudioContainer, number>
>;
export type CompressedContainer = keyof typeof containerNumbers;

/** What the module exports; see `codecs/src/lib.rs`. Addresses and lengths are in bytes of its memory. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  open(container: number, start: number, length: number): number;
  next(): number;
  channels(): number;
  rate(): number;
  plane_at(channel: number): number;
  packet_at(): number;
  packet_length(): number;
  setup_at(): number;
  setup_length(): number;
  complaint_at(): number;
  complaint_length(): number;
}

/** Answers of `next()` and `open()` beside counts. */
const answer = { end: 0, packet: -1, unsupported: -3, cut: -4, skipped: -5 } as const;

/** A step through a file: decoded samples [channels][n], or an encoded packet for a codec outside the module. */
export type CodecStep =
  | { readonly kind: 'block'; readonly channels: Float32Array[]; readonly sampleRateHz: number }
  | { readonly kind: 'packet'; readonly bytes: Uint8Array };

let compiled: Promise<CompiledModule> | undefined;

/** Compiled once a process; every file gets an instance with memory of its own, so that none sees what another left. */
function compiledModule(): Promise<CompiledModule> {
  compiled ??= readFile(new URL('../../codecs/codecs.wasm', import.meta.url)).then((bytes) => webAssembly.compile(bytes));
  return compiled;
}

/** One compressed file in the codec module. */
export class CodecModule {
  readonly #exports: Exports;
  /** The module hands out packets of a codec that it does not have itself. */
  readonly handsOutPackets: boolean;

  private constructor(exports: Exports, handsOutPackets: boolean) {
    this.#exports = exports;
    this.handsOutPackets = handsOutPackets;
  }

  /**
   * Opens the stream that begins at `at`.
   * @throws DecodeRejection `decoder_unavailable` for codecs, or variants of one, that the module does not know; others when the file is damaged
   */
  static async open(file: FileBytes, container: CompressedContainer, at: number): Promise<CodecModule> {
    const started: { memory?: Exports['memory'] } = {};
    const read_at = (position: number, target: number, length: number): number =>
      started.memory === undefined ? 0 : file.readInto(new Uint8Array(started.memory.buffer, target, length), position);
    const instance = await webAssembly.instantiate(await compiledModule(), { host: { read_at } });
    const exports = instance.exports as Exports;
    started.memory = exports.memory;
    const opened = judged(() => exports.open(containerNumbers[container], at, file.sizeBytes - at));
    if (opened > 0) return new CodecModule(exports, opened === 2);
    const complaint = textAt(exports);
    if (opened === answer.cut) throw new DecodeRejection('truncated', 'The file ends before its samples begin.');
    if (opened === answer.unsupported)
      throw new DecodeRejection('decoder_unavailable', `This variant of its codec has no decoder here (${complaint}).`);
    throw new DecodeRejection('undecodable', `The file could not be decoded: ${complaint}.`);
  }

  /** The setup header of the codec whose packets are handed out. */
  get setup(): Uint8Array {
    return bytesAt(this.#exports, this.#exports.setup_at(), this.#exports.setup_length());
  }

  /** Everything from the beginning to the end; pieces that cannot be decoded are passed over. */
  *steps(): Generator<CodecStep> {
    for (;;) {
      const count = judged(() => this.#exports.next());
      if (count === answer.end) return;
      if (count > 0) yield this.#block(count);
      else if (count === answer.packet) yield this.#packet();
      else if (count !== answer.skipped) return;
    }
  }

  #block(samples: number): CodecStep {
    const module = this.#exports;
    const plane = (channel: number): Float32Array =>
      new Float32Array(module.memory.buffer, module.plane_at(channel), samples).slice();
    return {
      kind: 'block',
      channels: Array.from({ length: module.channels() }, (_, i) => plane(i)),
      sampleRateHz: module.rate(),
    };
  }

  #packet(): CodecStep {
    return { kind: 'packet', bytes: bytesAt(this.#exports, this.#exports.packet_at(), this.#exports.packet_length()) };
  }
}

function bytesAt({ memory }: Exports, at: number, length: number): Uint8Array {
  return new Uint8Array(memory.buffer, at, length).slice();
}

function textAt(exports: Exports): string {
  return Buffer.from(bytesAt(exports, exports.complaint_at(), exports.complaint_length()).subarray(0, 200)).toString('utf8');
}

/** A trap is the module's verdict on the bytes: it has no other way to fail. */
function judged<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof webAssembly.RuntimeError)) throw error;
    throw new DecodeRejection('undecodable', 'The file is damaged in a way that its decoder cannot handle.');
  }
}
