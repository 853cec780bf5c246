import { availableParallelism } from 'node:os';
import { trainingLanes, type TrainingLane } from '@earmark/contracts';
import { serviceEnv, storageEnv, type ServiceConfig } from '@earmark/service-runtime';
import { z } from 'zod';

const wholeNumber = z.coerce.number().int().positive();
/** `cpu,gpu` as a list of allowed words. */
const wordsOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z
    .string()
    .transform((text) => text.split(',').map((word) => word.trim()))
    .pipe(z.array(z.enum(words)).min(1));

/** Every variable that the trainer reads. Times are milliseconds. */
export const trainerEnv = z.object({
  ...serviceEnv,
  ...storageEnv,
  /** Which kinds of training this process takes, comma separated. */
  TRAINING_LANES: wordsOf(trainingLanes).default([...trainingLanes]),
  /** Threads of a training that begins here; the same number gives the same bytes. */
  TRAINING_THREADS: wholeNumber.default(availableParallelism()),
  /** Trainings of one lane at once. */
  TRAINING_CONCURRENCY: wholeNumber.default(1),
  /** What `device: auto` tries, comma separated; cpu is always the last resort. */
  TRAINING_DEVICE_ORDER: wordsOf(['cuda', 'webgpu', 'cpu']).default(['cuda', 'webgpu', 'cpu']),
  /** Optimiser steps of an epoch at least; more makes little data learn longer. */
  TRAINING_MIN_STEPS: wholeNumber.default(80),
  /** Local disk for features of recent trainings. */
  TRAINING_CACHE_BYTES: wholeNumber.default(20 * 1024 ** 3),
  /** A worker that is silent for this long has lost its training. */
  TRAINING_LEASE_MS: wholeNumber.default(15_000),
  /** How often leftovers of finished trainings are removed, and how long after their end. */
  TIDY_EVERY_MS: wholeNumber.default(60_000),
  TIDY_GRACE_MS: z.coerce.number().int().nonnegative().default(60_000),
  /** How often pins of annotation sets are compared with the jobs that made them. */
  RECONCILE_EVERY_MS: wholeNumber.default(86_400_000),
  /** How long rows of deleted organisations are kept. */
  DELETION_GRACE_MS: z.coerce.number().int().nonnegative().default(86_400_000),
  /** Handed on to the learning process, which gets nothing else of the environment. */
  LD_LIBRARY_PATH: z.string().optional(),
  CUDA_VISIBLE_DEVICES: z.string().optional(),
  TMPDIR: z.string().optional(),
});
export type TrainerConfig = z.output<typeof trainerEnv>;

/** The environment of learning processes. */
export function learningEnv({ LD_LIBRARY_PATH, CUDA_VISIBLE_DEVICES, TMPDIR }: TrainerConfig): Record<string, string> {
  const wanted = Object.entries({ LD_LIBRARY_PATH, CUDA_VISIBLE_DEVICES, TMPDIR });
  return Object.fromEntries(wanted.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** The lanes that a process with this config takes. */
export function lanesOf(config: ServiceConfig & { readonly TRAINING_LANES?: readonly TrainingLane[] }): readonly TrainingLane[] {
  return config.TRAINING_LANES ?? trainingLanes;
}
