// Native addons build typed arrays of the host realm; jest's vm context has its own, so `instanceof` would fail across it.
const { TestEnvironment } = require('jest-environment-node');

const SHARED = [
  'ArrayBuffer',
  'Float32Array',
  'Float64Array',
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Uint32Array',
  'BigInt64Array',
  'BigUint64Array',
];

module.exports = class HostRealmEnvironment extends TestEnvironment {
  constructor(...options) {
    super(...options);
    for (const name of SHARED) this.global[name] = globalThis[name];
  }
};
