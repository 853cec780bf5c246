/** What a problem means to a client (HTTP status, title) and to a job consumer (whether trying again can help). */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
}

const kind = (status: number, title: string, retryable = false): ProblemKind => ({ status, title, retryable });

/** Every problem the platform can answer. HTTP filter, RPC reply and job consumer all read this one table. */
export const problemKinds = {
  malformed_request: kind(400, 'The request could not be read'),
  unauthenticated: kind(401, 'A valid API key is needed'),
  missing_scope: kind(403, 'The API key lacks a scope'),
  not_found: kind(404, 'Not found'),
  method_not_allowed: kind(405, 'Method not allowed'),
  request_timeout: kind(408, 'The request arrived too slowly'),
  conflict: kind(409, 'The resource is in another state'),
  precondition_failed: kind(412, 'The resource has changed'),
  body_too_large: kind(413, 'The body is too large'),
  unsupported_media_type: kind(415, 'Unsupported media type'),
  range_not_satisfiable: kind(416, 'The range lies outside the object'),
  validation_failed: kind(422, 'Some values are not valid'),
  rate_limited: kind(429, 'Too many requests', true),
  internal: kind(500, 'Something went wrong on our side'),
  service_unavailable: kind(503, 'A part of the platform is not available', true),
  storage_full: kind(503, 'Storage is full', true),

  idempotency_key_reused: kind(422, 'The idempotency key was used with another request'),
  idempotency_in_flight: kind(409, 'The same request is being worked on', true),

  dataset_not_found: kind(404, 'Dataset not found'),
  annotation_set_not_found: kind(404, 'Annotation set not found'),
  annotation_not_found: kind(404, 'Annotation not found'),
  audio_file_not_found: kind(404, 'Audio file not found'),
  training_job_not_found: kind(404, 'Training job not found'),
  model_not_found: kind(404, 'Model not found'),
  inference_job_not_found: kind(404, 'Inference job not found'),
  inference_file_not_found: kind(404, 'Inference file not found'),
  api_key_not_found: kind(404, 'API key not found'),

  annotation_set_published: kind(409, 'The annotation set is published'),
  annotation_set_empty: kind(409, 'The annotation set has no annotations'),
  annotation_set_in_use: kind(409, 'The annotation set is in use'),
  annotation_set_not_published: kind(409, 'The annotation set is not published'),
  annotations_out_of_range: kind(409, 'Annotations reach beyond their audio'),
  audio_failed: kind(409, 'Audio files failed'),
  audio_not_uploaded: kind(409, 'The file has not been uploaded'),
  audio_not_ready: kind(409, 'Audio files are not ready'),
  audio_in_use: kind(409, 'The audio file is in use'),
  reference_released: kind(409, 'What the files belong to was deleted'),
  not_enough_audio: kind(409, 'Not enough audio data'),
  too_much_audio: kind(409, 'Too much audio for one training'),
  no_annotations_for_type: kind(409, 'An artifact type has no annotations'),
  training_job_finished: kind(409, 'The training job is finished'),
  training_job_registering: kind(409, 'The training job is being registered'),
  model_archived: kind(409, 'The model is archived'),
  model_inactive: kind(409, 'The model is inactive'),
  inference_job_finished: kind(409, 'The inference job is finished'),
  too_many_detections: kind(409, 'One file has too many detections'),
  scores_deleted: kind(409, 'The stored scores were deleted'),

  lease_lost: kind(409, 'Another worker holds the lease'),
  device_unavailable: kind(409, 'The device is not available'),
  training_failed: kind(500, 'Training failed'),
  decode_failed: kind(422, 'The audio could not be decoded'),
} satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problemKinds;

/** One offending place of a request: `loc` is the path to the value, `type` names the rule. */
export interface FieldError {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

export interface ProblemExtras {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** The one error that is meant to be seen: a code of the table and a human sentence. Anything else thrown is a bug. */
export class Problem extends Error {
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | null;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    extras: ProblemExtras = {},
  ) {
    super(detail, extras.cause === undefined ? {} : { cause: extras.cause });
    this.name = 'Problem';
    this.errors = extras.errors ?? [];
    this.retryAfterSeconds = extras.retryAfterSeconds ?? null;
  }

  get kind(): ProblemKind {
    return problemKinds[this.code];
  }
}

/** A problem as it travels in an RPC reply. */
export interface ProblemReply {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | null;
}

/** The wire form of a problem. */
export function toReply(problem: Problem): ProblemReply {
  const { code, detail, errors, retryAfterSeconds } = problem;
  return { code, detail, errors, retryAfterSeconds };
}

/** A problem from its wire form; an unknown code (a newer service) becomes `internal`. */
export function fromReply(reply: ProblemReply): Problem {
  const code = reply.code in problemKinds ? reply.code : 'internal';
  return new Problem(code, reply.detail, {
    errors: reply.errors,
    ...(reply.retryAfterSeconds === null ? {} : { retryAfterSeconds: reply.retryAfterSeconds }),
  });
}
