#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { EmbeddedS3 } from './server.js';

// Development and tests only; see the README. Keys come by environment, so that a process listing does not show them.
const USAGE = 'Usage: earmark-embedded-s3 --dir DIRECTORY [--port 9000] [--host 127.0.0.1] [--region us-east-1] [--bucket NAME]';

async function main(): Promise<void> {
  const server = await EmbeddedS3.start({ ...readArguments(), ...readKeys(), onError: (error) => console.error(error) });
  stopOnSignals(server);
  console.log(`embedded S3 ready at ${server.endpoint}`);
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string' },
      port: { type: 'string', default: '9000' },
      host: { type: 'string', default: '127.0.0.1' },
      region: { type: 'string', default: 'us-east-1' },
      bucket: { type: 'string' },
    },
  });
  const { dir, host, region, bucket } = values;
  const port = Number(values.port);
  if (dir === undefined || dir === '' || !Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(USAGE);
  return { dir, host, port, region, ...(bucket === undefined ? {} : { bucket }) };
}

function readKeys() {
  const accessKey = process.env['EARMARK_S3_ACCESS_KEY'] ?? '';
  const secretKey = process.env['EARMARK_S3_SECRET_KEY'] ?? '';
  if (accessKey === '' || secretKey === '') throw new Error('Set EARMARK_S3_ACCESS_KEY and EARMARK_S3_SECRET_KEY.');
  return { accessKey, secretKey };
}

function stopOnSignals(server: EmbeddedS3): void {
  const stop = () => {
    server.stop().catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
}

main().catch((error: unknown) => {
  const { code, message } = error as { code?: string; message?: string };
  console.error(code === 'EADDRINUSE' ? `${message}: the port is taken; choose another with --port.` : (message ?? error));
  process.exitCode = 1;
});
