import { Problem } from '@earmark/contracts';

/** What a client asked for; nothing means the model's own. */
export interface DetectionRequest {
  readonly threshold?: number;
  readonly thresholds?: Readonly<Record<string, number>>;
  readonly mergeWindowMs?: number;
  readonly minDurationMs?: number;
}

/** How scores become detections, with a threshold (0-1) for every type of the model. */
export interface DetectionConfig {
  readonly thresholds: Readonly<Record<string, number>>;
  readonly mergeWindowMs: number;
  readonly minDurationMs: number;
}

/**
 * Completes a request: a type's own threshold, else the one for all, else the recommended one; the model's own post-processing where
 * nothing was asked for.
 * Throws validation_failed when it names a type that the model does not detect.
 */
export function resolveConfig(request: DetectionRequest, own: DetectionConfig): DetectionConfig {
  const { thresholds: recommended } = own;
  const unknown = Object.keys(request.thresholds ?? {}).filter((type) => recommended[type] === undefined);
  if (unknown.length > 0) throw unknownTypes(unknown, Object.keys(recommended));
  const thresholds = Object.entries(recommended).map(
    ([type, threshold]) => [type, request.thresholds?.[type] ?? request.threshold ?? threshold] as const,
  );
  const { mergeWindowMs = own.mergeWindowMs, minDurationMs = own.minDurationMs } = request;
  return { thresholds: Object.fromEntries(thresholds), mergeWindowMs, minDurationMs };
}

function unknownTypes(unknown: readonly string[], known: readonly string[]): Problem {
  const errors = unknown.map((type) => ({
    loc: ['body', 'config', 'thresholds', type],
    msg: `the model detects ${known.join(', ')}`,
    type: 'unknown_artifact_type',
  }));
  return new Problem('validation_failed', `The model does not detect ${unknown.map((type) => `"${type}"`).join(', ')}.`, {
    errors,
  });
}
