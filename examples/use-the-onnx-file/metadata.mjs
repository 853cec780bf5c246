// The key-value metadata of an ONNX file. ONNX Runtime has it in Python (session.get_modelmeta().custom_metadata_map) but not in Node,
// so this reads it from the file: field 14 of a protobuf message, holding key (1) and value (2).
const METADATA_PROPS = 14;

export function readMetadata(model) {
  const entries = fieldsOf(model).filter(({ number }) => number === METADATA_PROPS);
  return Object.fromEntries(entries.map(({ bytes }) => fieldsOf(bytes).map((field) => field.bytes.toString('utf8'))));
}

/** The length-delimited fields (all that matter here) of a protobuf message. */
function fieldsOf(message) {
  const fields = [];
  let at = 0;
  const varint = () => {
    for (let value = 0, factor = 1; ; factor *= 128) {
      value += (message[at] & 127) * factor;
      if (message[at++] < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const size = { 0: () => (varint(), 0), 1: () => 8, 2: varint, 5: () => 4 }[tag % 8]();
    if (tag % 8 === 2) fields.push({ number: tag >> 3, bytes: message.subarray(at, at + size) });
    at += size;
  }
  return fields;
}
