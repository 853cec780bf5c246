import { Problem } from '@earmark/contracts';

/** What a client asked for; nothing means the model's own. */
export interface DetectionRequest {
  readonly threshold?: number;
  readonly thresholds?: Readonly<Record<string, number>>;
  readonly mergeWindowMs: number;
  readonly minDurationMs: number;
}

/** How scores become detections, with a threshold (0-1) for every type of the model. */
export interface DetectionConfig {
  readonly thresholds: Readonly<Record<string, number>>;
  readonly mergeWindowMs: number;
  readonly minDurationMs: number;
}

/**
 * Completes a request: a type's own threshold, else the one for all, else the model's recommended one.
 * Throws validation_failed when it names a type that the model does not detect.
 */
export function resolveConfig(request: DetectionRequest, recommended: Readonly<Record<string, number>>): DetectionConfig {
  const unknown = Object.keys(request.thresholds ?? {}).filter((type) => recommended[type] === undefined);
  if (unknown.length > 0) throw unknownTypes(unknown, Object.keys(recommended));
  const thresholds = Object.entries(recommended).map(
    ([type, own]) => [type, request.thresholds?.[type] ?? request.threshold ?? own] as const,
  );
  const { mergeWindowMs, minDurationMs } = request;
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
