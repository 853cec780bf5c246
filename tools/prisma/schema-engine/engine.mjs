// Loads Prisma's WASM schema engine and connects it to PostgreSQL through the driver adapter.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { MigrationAdapterFactory } from './adapter.mjs';

// Never reached: `generate` and a diff from empty need an engine, but no database.
const NO_DATABASE = 'postgresql://none@127.0.0.1:1/none';
const verbose = Boolean(process.env.DEBUG_SCHEMA_ENGINE);
let instantiated;

/** A schema engine over `{ url?, datamodels: [file, text][] }`; the URL's `?schema=` names the PostgreSQL schema. */
export async function openEngine({ url, datamodels }) {
  instantiated ??= instantiate();
  await instantiated;
  const factory = bindMigrationAwareSqlAdapterFactory(new MigrationAdapterFactory(url ?? NO_DATABASE));
  const log = (line) => verbose && process.stderr.write(`${line}\n`);
  return bindings.SchemaEngine.new({ datamodels: datamodels.length > 0 ? datamodels : undefined }, log, factory);
}

async function instantiate() {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => process.stderr.write(`${message}\n`) };
  const require = createRequire(import.meta.url);
  const wasmFile = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm');
  const { instance } = await globalThis.WebAssembly.instantiate(fs.readFileSync(wasmFile), { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}
