/** Writes one protobuf message, field by field, in the order of the calls (https://protobuf.dev/programming-guides/encoding). */
export class ProtoWriter {
  private readonly parts: Uint8Array[] = [];
  private sizeBytes = 0;

  /** A varint field; negative numbers take their 64-bit two's complement. */
  int(field: number, value: number | bigint): this {
    return this.tag(field, 0).varint(BigInt.asUintN(64, BigInt(value)));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.tag(field, 5).raw(bytes);
  }

  bytes(field: number, value: Uint8Array): this {
    return this.tag(field, 2).varint(BigInt(value.length)).raw(value);
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, message: ProtoWriter): this {
    this.tag(field, 2).varint(BigInt(message.sizeBytes));
    for (const part of message.parts) this.raw(part);
    return this;
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.sizeBytes);
    let offset = 0;
    for (const part of this.parts) {
      out.set(part, offset);
      offset += part.length;
    }
    return out;
  }

  private tag(field: number, wireType: number): this {
    return this.varint(BigInt((field << 3) | wireType));
  }

  private varint(value: bigint): this {
    const bytes: number[] = [];
    let rest = value;
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    return this.raw(Uint8Array.from(bytes));
  }

  private raw(bytes: Uint8Array): this {
    this.parts.push(bytes);
    this.sizeBytes += bytes.length;
    return this;
  }
}
