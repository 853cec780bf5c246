import type { RouteContract } from '@earmark/contracts';
import type { AnswerOf, Methods } from './methods.js';
import type { Answer, CallInput, LooseCall } from './call.js';
import { ApiError } from './problem-error.js';
import { pause } from './pause.js';
import { jsonRoutes, objectRoutes, specialRoutes } from './routes.js';
import { serverEvents } from './server-events.js';
import { Transport, type ClientOptions } from './transport.js';
import { openSource, postToStorage, type AudioSource } from './uploads.js';

export interface WaitOptions<State> {
  /** Gives up after this time; default 1 hour. */
  readonly timeoutMs?: number;
  /** Time between two looks; default 500 ms. */
  readonly everyMs?: number;
  /** Called with every state that was seen. */
  readonly onState?: (state: State) => void;
  readonly signal?: AbortSignal;
}

const ENDED = ['completed', 'failed', 'cancelled', 'ready'];

/** The API as methods: one for every route by its operation id, and some that do a whole errand. */
export class EarmarkClient {
  readonly #transport: Transport;
  readonly #fetch: typeof fetch;

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
    this.#fetch = options.fetch ?? fetch;
  }

  /** Calls any route that answers JSON or nothing. Throws {@link ApiError}. */
  async call<Route extends RouteContract>(route: Route, input: CallInput<Route>): Promise<Answer<Route>> {
    const response = await this.#transport.send(route, input);
    const text = await response.text();
    return (text === '' ? {} : JSON.parse(text)) as Answer<Route>;
  }

  /** Downloads what a route of stored files answers; `body` is a stream, `etag` the SHA-256 in quotes. */
  download<Route extends (typeof objectRoutes)[keyof typeof objectRoutes]>(
    route: Route,
    input: CallInput<Route> & { readonly range?: string },
  ): Promise<Response> {
    return this.#transport.send(route, input, input.range === undefined ? {} : { Range: input.range });
  }

  /** Uploads a file to a dataset by presigned form and confirms it; answers the audio file, which is not processed yet. */
  async upload(datasetId: string, source: AudioSource): Promise<AnswerOf<'confirmUpload'>> {
    const params = { dataset_id: datasetId };
    const opened = await openSource(source);
    const body = { filename: opened.filename, content_type: opened.contentType, file_size: opened.blob.size };
    const ticket = await this.call(jsonRoutes.createUpload, { params, body });
    await postToStorage({ url: ticket.upload_url, fields: ticket.fields }, opened, this.#fetch);
    return this.call(jsonRoutes.confirmUpload, { params, body: { audio_id: ticket.audio_id } });
  }

  /** Uploads a file to an inference job by presigned form and confirms it; detection begins by itself. */
  async uploadForDetection(inferenceJobId: string, source: AudioSource): Promise<AnswerOf<'confirmInferenceUpload'>> {
    const params = { inference_job_id: inferenceJobId };
    const opened = await openSource(source);
    const body = { filename: opened.filename, content_type: opened.contentType, file_size_bytes: opened.blob.size };
    const ticket = await this.call(jsonRoutes.createInferenceUpload, { params, body });
    await postToStorage({ url: ticket.upload_url, fields: ticket.upload_fields }, opened, this.#fetch);
    return this.call(jsonRoutes.confirmInferenceUpload, { params, body: { file_id: ticket.file_id } });
  }

  /** Uploads files in one request through the gateway. */
  async uploadAudio(datasetId: string, sources: readonly AudioSource[]): Promise<Answer<typeof specialRoutes.uploadAudio>> {
    const form = new FormData();
    for (const source of sources) {
      const { blob, filename } = await openSource(source);
      form.append('file', blob, filename);
    }
    const params = { dataset_id: datasetId };
    const response = await this.#transport.sendOnce(specialRoutes.uploadAudio, { params }, { body: form });
    return (await response.json()) as Answer<typeof specialRoutes.uploadAudio>;
  }

  /** Follows a training job until it is finished. Throws {@link ApiError} when the stream ends with a problem. */
  async *watchTrainingJob(trainingJobId: string, signal?: AbortSignal): AsyncGenerator<AnswerOf<'readTrainingJob'>, void> {
    const call: LooseCall = { params: { training_job_id: trainingJobId }, ...(signal === undefined ? {} : { signal }) };
    const { body } = await this.#transport.send(specialRoutes.watchTrainingJob, call);
    if (body === null) return;
    for await (const { name, data } of serverEvents(body)) {
      if (name === 'problem') throw problemIn(data);
      yield JSON.parse(data) as AnswerOf<'readTrainingJob'>;
    }
  }

  /** Looks until `read` answers a state that has ended (completed, failed, cancelled, ready), or one that `isEnd` accepts. */
  async waitFor<State extends object>(
    read: () => Promise<State>,
    { timeoutMs = 3_600_000, everyMs = 500, onState, signal }: WaitOptions<State> = {},
    isEnd: (state: State) => boolean = hasEnded,
  ): Promise<State> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const state = await read();
      onState?.(state);
      if (isEnd(state)) return state;
      if (performance.now() >= deadline) throw new Error(`Not finished within ${timeoutMs} ms.`);
      await pause(everyMs, signal);
    }
  }

  waitForTrainingJob(
    trainingJobId: string,
    options?: WaitOptions<AnswerOf<'readTrainingJob'>>,
  ): Promise<AnswerOf<'readTrainingJob'>> {
    return this.waitFor(() => this.call(jsonRoutes.readTrainingJob, { params: { training_job_id: trainingJobId } }), options);
  }

  waitForInferenceJob(
    inferenceJobId: string,
    options?: WaitOptions<AnswerOf<'readInferenceJob'>>,
  ): Promise<AnswerOf<'readInferenceJob'>> {
    return this.waitFor(() => this.call(jsonRoutes.readInferenceJob, { params: { inference_job_id: inferenceJobId } }), options);
  }

  /** Waits until an audio file of a dataset is ready or has failed. */
  waitForAudio(datasetId: string, audioId: string, options?: WaitOptions<AnswerOf<'readAudio'>>): Promise<AnswerOf<'readAudio'>> {
    return this.waitFor(() => this.call(jsonRoutes.readAudio, { params: { dataset_id: datasetId, audio_id: audioId } }), options);
  }
}

function hasEnded(state: object): boolean {
  const { status, processing_status: processing } = state as { status?: unknown; processing_status?: unknown };
  return ENDED.includes(String(status ?? processing));
}

function problemIn(data: string): ApiError {
  const { status, code, detail, request_id: requestId } = JSON.parse(data) as Record<string, string> & { status: number };
  return new ApiError(status, code ?? 'unknown', detail ?? 'The stream ended with a problem.', requestId ?? null, [], null);
}

/** A client with one method for every JSON route besides those of {@link EarmarkClient}. */
export function createClient(options: ClientOptions): EarmarkClient & Methods {
  const client = new EarmarkClient(options);
  const methods = Object.fromEntries(
    Object.entries(jsonRoutes).map(([name, route]) => [
      name,
      (input: LooseCall = {}) => client.call(route, input as CallInput<RouteContract>),
    ]),
  );
  return Object.assign(client, methods as unknown as Methods);
}
