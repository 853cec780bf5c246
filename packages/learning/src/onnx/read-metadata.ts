/** The `metadata_props` of an ONNX file, without parsing its graph; throws when the bytes are not a protobuf message. */
export function readOnnxMetadata(model: Uint8Array): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const { field, bytes } of fieldsOf(model)) {
    if (field !== METADATA_PROPS || !bytes) continue;
    const entry = [...fieldsOf(bytes)];
    const text = (number: number): string => new TextDecoder().decode(entry.find(({ field: found }) => found === number)?.bytes);
    metadata[text(1)] = text(2);
  }
  return metadata;
}

const METADATA_PROPS = 14;

interface Field {
  readonly field: number;
  /** Only of length-delimited fields. */
  readonly bytes?: Uint8Array;
}

function* fieldsOf(message: Uint8Array): Generator<Field> {
  let offset = 0;
  const varint = (): number => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = message[offset];
      if (byte === undefined || factor > 2 ** 63) throw new RangeError('not an ONNX file');
      offset += 1;
      value += (byte & 127) * factor;
      factor *= 128;
      if (byte < 128) return value;
    }
  };
  while (offset < message.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        varint();
        yield { field };
        break;
      case 1:
        offset += 8;
        yield { field };
        break;
      case 2: {
        const length = varint();
        if (offset + length > message.length) throw new RangeError('not an ONNX file, or one that is cut off');
        yield { field, bytes: message.subarray(offset, offset + length) };
        offset += length;
        break;
      }
      case 5:
        offset += 4;
        yield { field };
        break;
      default:
        throw new RangeError('not an ONNX file');
    }
  }
}
