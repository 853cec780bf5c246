// Compiles codecs.wasm: `node packages/audio-files/codecs/build.mjs`. Needs cargo, rustc 1.63 or newer and the target
// wasm32-unknown-unknown (Debian: apt-get install cargo libstd-rust-dev-wasm32; rustup: rustup target add wasm32-unknown-unknown).
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';

const folder = import.meta.dirname;
const target = 'wasm32-unknown-unknown';
/** No file may make the module larger than this. */
const maxMemoryBytes = 256 * 1_048_576;

const flags = `-C target-feature=+simd128 -C link-arg=--max-memory=${maxMemoryBytes}`;
execFileSync('cargo', ['build', '--release', '--target', target], {
  cwd: folder,
  stdio: 'inherit',
  env: { ...process.env, RUSTFLAGS: flags },
});
const built = path.join(process.env.CARGO_TARGET_DIR ?? path.join(folder, 'target'), target, 'release/earmark_codecs.wasm');
copyFileSync(built, path.join(folder, 'codecs.wasm'));
