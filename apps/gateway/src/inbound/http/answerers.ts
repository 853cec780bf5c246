import { createHash } from 'node:crypto';
import type { BlobStore } from '@earmark/blob-store';
import { StoredObject, type AnswerPage, type CallContext } from '@earmark/contracts';
import { routes } from '@earmark/contracts/catalogue';
import {
  confirmInferenceUpload,
  listInferenceFiles,
  readInferenceFile,
  readInferenceJob,
  type InferenceFileView,
} from '@earmark/contracts/inference/routes';
import type { z } from 'zod';
import type { RawCall, Services } from '../../ports.js';
import { CompleteFile } from '../../use-cases/complete-file.js';
import { ReadPage } from '../../use-cases/read-page.js';
import type { UploadAudio } from '../../use-cases/upload-audio.js';
import type { WatchTrainingJob } from '../../use-cases/watch-training-job.js';
import { sendEmpty, sendJson } from './answers.js';
import { sendEvents } from './event-stream.js';
import { clientSignal, type Answerer, type Exchange } from './exchange.js';
import { sendPage } from './page-answer.js';
import { parseJsonBody, requireStorable } from './json-body.js';
import { MultipartFiles } from './multipart-files.js';
import { readBody, tooLarge } from './request-body.js';
import { requireJson, requireMultipart } from './request-headers.js';
import { sendStoredObject } from './stored-object-answer.js';

export interface AnswererPorts {
  readonly services: Services;
  readonly blobs: Pick<BlobStore, 'get'>;
  readonly uploadAudio: UploadAudio;
  readonly watchTrainingJob: WatchTrainingJob;
}

/** Routes that answer files with detections, one or a page of them. */
const answersFiles: ReadonlySet<string> = new Set(
  [readInferenceJob, listInferenceFiles, readInferenceFile, confirmInferenceUpload].map(({ name }) => name),
);

const BODY_MS = 30_000;
const UPLOAD_IDLE_MS = 60_000;
const HEARTBEAT_MS = 15_000;
/** NATS takes 8 MiB; the rest is for the envelope. */
const MAX_CALL_BYTES = 7.5 * 1024 * 1024;
/** Above this a body may grow beyond a message when it is written again (`1e20` becomes 21 digits). */
const CHECKED_FROM_BYTES = 1024 * 1024;

/** How each kind of route is answered. Routes the gateway answers itself come by name, all others by their answer's kind. */
export function answererFor(ports: AnswererPorts): Answerer {
  const byName: Readonly<Record<string, Answerer>> = {
    [routes.uploadAudio.name]: (exchange) => answerUpload(exchange, ports),
    [routes.watchTrainingJob.name]: (exchange) => answerWatch(exchange, ports),
  };
  return (exchange) => (byName[exchange.route.name] ?? ((other) => answerByOwner(other, ports)))(exchange);
}

async function answerByOwner(exchange: Exchange, ports: AnswererPorts): Promise<void> {
  const { request, response, route } = exchange;
  const { services, blobs } = ports;
  const call = await callOf(exchange);
  // HEAD needs no more than the first part.
  if (route.answerPage !== null && request.method !== 'HEAD') return answerPage(exchange, route.answerPage, call, ports);
  const { body, etag } = await services.call(route, call);
  switch (route.answerKind) {
    case 'empty':
      return sendEmpty(response, route.status, etag);
    case 'json-or-empty':
      return body === null ? sendEmpty(response, 204, etag) : sendJson(response, { status: route.status, body, etag });
    case 'json':
      return sendJson(response, { status: route.status, body: await completion(exchange, ports)(body), etag });
    case 'object':
      return sendStoredObject({ request, response, object: StoredObject.parse(body), blobs });
    case 'events':
      throw new Error(`${route.name} answers events, and the gateway has no answerer for it.`);
  }
}

function answerPage(exchange: Exchange, page: AnswerPage, call: RawCall, ports: AnswererPorts): Promise<void> {
  const { response, route } = exchange;
  const parts = new ReadPage(ports).execute(route, page, call);
  return sendPage({ response, status: route.status, page, parts, complete: completion(exchange, ports) });
}

/** Files of inference jobs whose detections did not fit in a message get the rest; everything else is whole. */
function completion({ route, context }: Exchange, ports: AnswererPorts): (item: unknown) => Promise<unknown> {
  if (!answersFiles.has(route.name)) return (item) => Promise.resolve(item);
  const completeFile = new CompleteFile(ports);
  return (item) => completeFile.execute(item as z.output<typeof InferenceFileView>, context);
}

async function callOf({ request, route, params, queryText, context }: Exchange) {
  const query = Object.fromEntries(new URLSearchParams(queryText));
  requireStorable(query, 'query');
  if (route.method === 'GET' || route.method === 'DELETE') return { context, params, query };
  const bytes = await readBody(request, { limitBytes: route.bodyLimitBytes, timeoutMs: BODY_MS });
  const hashed: CallContext = { ...context, requestHash: requestHashOf(request.method, request.url, bytes) };
  if (!route.hasBody || bytes.length === 0) return { context: hashed, params, query };
  requireJson(request.headers);
  const body = parseJsonBody(bytes);
  if (bytes.length > CHECKED_FROM_BYTES && JSON.stringify(body).length > MAX_CALL_BYTES) throw tooLarge(route.bodyLimitBytes);
  return { context: hashed, params, query, body };
}

function requestHashOf(method: string | undefined, url: string | undefined, body: Uint8Array): string {
  return createHash('sha256').update(`${method} ${url}\n`).update(body).digest('hex');
}

async function answerUpload(
  { request, response, route, params, context }: Exchange,
  { uploadAudio }: AnswererPorts,
): Promise<void> {
  requireMultipart(request.headers);
  const files = new MultipartFiles(request, { limitBytes: route.bodyLimitBytes, idleMs: UPLOAD_IDLE_MS });
  try {
    const items = await uploadAudio.execute({ context, datasetId: params['dataset_id'] ?? '', files });
    sendJson(response, { status: route.status, body: { items } });
  } catch (error) {
    throw files.failure ?? error;
  } finally {
    files.close();
  }
}

async function answerWatch({ response, params, context, checkCaller }: Exchange, ports: AnswererPorts): Promise<void> {
  const signal = clientSignal(response);
  const trainingJobId = params['training_job_id'] ?? '';
  const values = ports.watchTrainingJob.execute({ context, trainingJobId, signal, checkCaller });
  const { requestId } = context;
  await sendEvents({ response, name: 'training-job', values, requestId, heartbeatMs: HEARTBEAT_MS, signal });
}
