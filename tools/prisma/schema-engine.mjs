#!/usr/bin/env node
// A drop-in for Prisma's native `schema-engine` binary, which cannot be downloaded everywhere: the same line-delimited
// JSON-RPC over standard input and output, answered by the official @prisma/schema-engine-wasm over the `pg` driver.
// Named to the CLI by PRISMA_SCHEMA_ENGINE_BINARY (tools/prisma/cli.mjs). Covers generate, migrate diff, status and resolve;
// databases are created by infra/database/migrate.mjs, never from here.
import fs from 'node:fs';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { openEngine } from './schema-engine/engine.mjs';

const args = process.argv.slice(2);
const valuesOf = (name) => args.filter((_, index) => args[index - 1] === name);
const [datasourceJson = '{}'] = valuesOf('--datasource');
const connection = {
  url: JSON.parse(datasourceJson).url,
  datamodels: valuesOf('--datamodels').map((file) => [file, fs.readFileSync(file, 'utf8')]),
};
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

if (args.includes('--version')) {
  console.log(`schema-engine-wasm ${process.version}`);
} else if (args.includes('cli')) {
  await answerCliCommand(args[args.indexOf('cli') + 1]);
} else {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim()) await answer(JSON.parse(line));
  }
  process.exit(0); // the driver's idle connections would keep the process alive
}

async function answer({ id, method, params }) {
  if (!method) return; // the CLI's reply to one of our own print requests
  try {
    send({ id, result: await call(method, params) });
  } catch (error) {
    send({ id, error: { code: error.rpcCode ?? 4466, message: 'The schema engine failed; see data.', data: errorData(error) } });
  }
}

async function call(method, params) {
  const engine = await openEngine(connection); // one per call: the engine's cache outlives what later calls may assume
  if (method === 'getDatabaseVersion') return engine.version(null);
  if (typeof engine[method] !== 'function') throw Object.assign(new Error(`Method not found: ${method}`), { rpcCode: -32601 });
  const result = await engine[method](params);
  return method === 'diff' ? printDiff(result) : (result ?? {});
}

/** The native engine prints a diff itself, by a request to the CLI, instead of returning it. */
function printDiff({ stdout, exitCode }) {
  if (stdout) send({ id: 'print', method: 'print', params: { content: stdout.replace(/\n$/, '') } });
  return { exitCode, stdout: null };
}

/** A known error arrives as JSON in the message; anything else is passed on with its stack. */
function errorData(error) {
  const text = String(error.message ?? error);
  if (!text.startsWith('{'))
    return { is_panic: false, message: text, meta: { full_error: String(error.stack ?? error) }, error_code: error.code };
  const known = JSON.parse(text);
  return { is_panic: false, message: known.message, meta: known.meta ?? null, error_code: known.code ?? known.error_code };
}

async function answerCliCommand(command) {
  if (command !== 'can-connect-to-database') return failCli('P0000', `The command ${command} is not offered by this engine.`);
  const client = new pg.Client({ connectionString: connection.url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
  } catch (error) {
    failCli(error.code === '3D000' ? 'P1003' : 'P1001', `Cannot use the database: ${error.message}`);
  } finally {
    await client.end().catch(() => undefined); // never connected: nothing to end
  }
}

/** The CLI drops the first line of standard error and parses the second as a log record. */
function failCli(code, message) {
  const record = {
    timestamp: new Date().toISOString(),
    level: 'ERROR',
    fields: { message, error_code: code },
    target: 'schema_engine::logger',
  };
  process.stderr.write(`schema-engine\n${JSON.stringify(record)}`);
  process.exitCode = 1;
}
