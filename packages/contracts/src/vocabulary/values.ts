import { z } from 'zod';

/** ISO 8601 in UTC with `Z`, milliseconds kept. */
export const Instant = z.iso.datetime().meta({ description: 'ISO 8601, UTC' });
/** Milliseconds from the beginning of the audio. */
export const PositionMs = z
  .number()
  .int()
  .nonnegative()
  .max(86_400_000 * 7);
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** A probability or score. */
export const UnitInterval = z.number().min(0).max(1);
export const Uuid = z.uuid();

/** `GET` query flag: Python clients send `True`. */
export const QueryBoolean = z
  .enum(['true', 'false', 'True', 'False', '1', '0'])
  .transform((value) => value === 'true' || value === 'True' || value === '1');

/** Text a person typed: no NUL (PostgreSQL cannot store it), bounded. */
export const text = (max: number, min = 1) =>
  z
    .string()
    .min(min)
    .max(max)
    .refine((value) => !value.includes('\u0000'), 'must not contain NUL characters');

/** A JSON object of a client's own, at most 16 KiB as JSON. */
export const ExtraData = z
  .record(z.string(), z.json())
  .refine((value) => JSON.stringify(value).length <= 16_384, 'must be at most 16 KiB of JSON');

/** An object in storage, named by service-internal messages. */
export const ObjectRef = z.object({ key: z.string().min(1), sha256: Sha256, sizeBytes: z.number().int().nonnegative() });
export type ObjectRef = z.output<typeof ObjectRef>;

/** The largest audio file of one upload: 500 MiB. */
export const maxUploadBytes = 500 * 1_048_576;
