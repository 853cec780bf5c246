// Object storage on loopback: MinIO when the machine has it, else the repository's own embedded server.
import { createHash, createHmac } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ManagedProcess } from './managed-process.mjs';
import { LOOPBACK } from './ports.mjs';

const embeddedServer = fileURLToPath(new URL('../../../packages/embedded-s3/dist/main.js', import.meta.url));

/**
 * Options: `port`, `dir`, `accessKey`, `secretKey`, `region`, `logFile`, `minio` (path of a MinIO binary; without it the embedded server).
 * Returns a ManagedProcess with `url`.
 */
export function s3Server({ port, dir, accessKey, secretKey, region, logFile, minio }) {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const url = `http://${LOOPBACK}:${port}`;
  const server = new ManagedProcess({
    name: 's3',
    ...(minio ? minioCommand(minio, port, dir) : embeddedCommand(port, dir, region)),
    env: {
      ...process.env,
      ...{ EARMARK_S3_ACCESS_KEY: accessKey, EARMARK_S3_SECRET_KEY: secretKey },
      ...{ MINIO_ROOT_USER: accessKey, MINIO_ROOT_PASSWORD: secretKey, MINIO_SITE_REGION: region },
    },
    cwd: dir,
    logFile,
    deathSignal: 'SIGTERM',
    isReady: async () => (await fetch(url, { signal: AbortSignal.timeout(1_000) })).status > 0,
  });
  return Object.assign(server, { url, port });
}

function embeddedCommand(port, dir, region) {
  const flags = { '--host': LOOPBACK, '--port': String(port), '--dir': dir, '--region': region };
  return { command: process.execPath, args: ['--enable-source-maps', embeddedServer, ...Object.entries(flags).flat()] };
}

function minioCommand(binary, port, dir) {
  return {
    command: binary,
    args: ['server', path.join(dir, 'minio'), '--address', `${LOOPBACK}:${port}`, '--console-address', `${LOOPBACK}:0`],
  };
}

/** Creates the bucket unless this account has it already. Throws with the server's answer when it refuses. */
export async function ensureBucket({ url, accessKey, secretKey, region, bucket }) {
  const target = new URL(`/${bucket}`, url);
  const response = await fetch(target, { method: 'PUT', headers: signedHeaders({ target, accessKey, secretKey, region }) });
  const answer = await response.text();
  if (response.ok || answer.includes('BucketAlreadyOwnedByYou')) return;
  throw new Error(`The object store refused to create the bucket ${bucket}: ${response.status} ${answer}`);
}

/** AWS Signature Version 4 of a PUT without body (the only request the launcher makes; services use the blob-store package). */
function signedHeaders({ target, accessKey, secretKey, region }) {
  const sha256 = (text) => createHash('sha256').update(text).digest('hex');
  const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const signedNames = 'host;x-amz-content-sha256;x-amz-date';
  const lines = [`host:${target.host}`, `x-amz-content-sha256:${sha256('')}`, `x-amz-date:${time}`];
  const canonical = ['PUT', target.pathname, '', ...lines, '', signedNames, sha256('')].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce(hmac, `AWS4${secretKey}`);
  return {
    'x-amz-date': time,
    'x-amz-content-sha256': sha256(''),
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${signedNames}, Signature=${createHmac('sha256', key).update(toSign).digest('hex')}`,
  };
}
