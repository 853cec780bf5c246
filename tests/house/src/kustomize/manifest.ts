/** A Kubernetes object as YAML gives it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  [field: string]: unknown;
}

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Calls `visit` for every object inside `value`, itself included. */
export function eachObject(value: unknown, visit: (object: JsonObject) => void): void {
  if (isObject(value)) visit(value);
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) eachObject(inner, visit);
}
