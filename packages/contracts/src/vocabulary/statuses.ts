/** Life of an audio file. */
export const audioStatuses = ['pending', 'normalizing', 'embedding', 'ready', 'failed'] as const;
export type AudioStatus = (typeof audioStatuses)[number];

/** Why an audio file failed (`error_code`). */
export const audioErrorCodes = [
  'empty',
  'undecodable',
  'truncated',
  'no_audio',
  'too_long',
  'too_many_channels',
  'bad_sample_rate',
  'hash_mismatch',
  'limits_exceeded',
  'decoder_unavailable',
] as const;
export type AudioErrorCode = (typeof audioErrorCodes)[number];

export const annotationSetStatuses = ['draft', 'published'] as const;
export type AnnotationSetStatus = (typeof annotationSetStatuses)[number];

/** Life of a training job as clients see it; `registering` is an inner step shown as `training`. */
export const trainingStatuses = ['pending', 'queued', 'training', 'completed', 'failed', 'cancelled'] as const;
export type TrainingStatus = (typeof trainingStatuses)[number];

export const inferenceJobStatuses = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type InferenceJobStatus = (typeof inferenceJobStatuses)[number];

export const inferenceFileStatuses = ['pending', 'queued', 'processing', 'completed', 'failed'] as const;
export type InferenceFileStatus = (typeof inferenceFileStatuses)[number];

/** Where a model trains. `auto` takes the first that works. */
export const devices = ['auto', 'cpu', 'cuda', 'webgpu', 'tfjs-gpu'] as const;
export type Device = (typeof devices)[number];

/** Kinds of worker for training jobs. */
export const trainingLanes = ['cpu', 'gpu'] as const;
export type TrainingLane = (typeof trainingLanes)[number];
