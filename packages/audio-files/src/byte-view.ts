import { DecodeRejection } from './decode-verdict.js';

/** Numbers and texts out of a header; reading past its end is a verdict on the file, never a crash. */
export class ByteView {
  private readonly view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  u8(at: number): number {
    return this.checked(at, 1).getUint8(at);
  }

  u16(at: number, littleEndian = false): number {
    return this.checked(at, 2).getUint16(at, littleEndian);
  }

  u32(at: number, littleEndian = false): number {
    return this.checked(at, 4).getUint32(at, littleEndian);
  }

  i32(at: number): number {
    return this.checked(at, 4).getInt32(at);
  }

  u64(at: number, littleEndian = false): number {
    return Number(this.checked(at, 8).getBigUint64(at, littleEndian));
  }

  f32(at: number): number {
    return this.checked(at, 4).getFloat32(at);
  }

  f64(at: number): number {
    return this.checked(at, 8).getFloat64(at);
  }

  /** Latin-1, as four-character codes are; shorter where the bytes end. */
  text(at: number, length: number): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength).toString('latin1', at, at + length);
  }

  slice(from: number, to: number): ByteView {
    return new ByteView(this.bytes.subarray(from, to));
  }

  private checked(at: number, length: number): DataView {
    if (at < 0 || at + length > this.bytes.length)
      throw new DecodeRejection('undecodable', 'A header in the file is damaged or cut off.');
    return this.view;
  }
}
