import { isObject, type JsonObject } from './manifest.js';

/** By which field Kubernetes tells the entries of a list apart; lists that are not here are replaced whole when they hold no objects. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  ports: 'containerPort',
};

/** A strategic merge patch: objects merge, keyed lists merge entry by entry, everything else is replaced. Throws on what it does not know. */
export function strategicMerge(target: unknown, patch: unknown, field = ''): unknown {
  if (isObject(patch)) return mergeObjects(isObject(target) ? target : {}, patch);
  if (Array.isArray(patch) && patch.some(isObject)) return mergeLists(target, patch as JsonObject[], field);
  return patch;
}

function mergeObjects(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = { ...target };
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith('$') || value === null)
      throw new Error(`The renderer does not know "${field}: ${String(value)}" in a patch.`);
    merged[field] = strategicMerge(merged[field], value, field);
  }
  return merged;
}

function mergeLists(target: unknown, patch: readonly JsonObject[], field: string): unknown {
  if (target === undefined) return patch;
  const key = MERGE_KEYS[field];
  if (key === undefined || !Array.isArray(target))
    throw new Error(`The renderer does not know how the list "${field}" is merged.`);
  const merged = [...(target as JsonObject[])];
  for (const entry of patch) {
    const index = merged.findIndex((candidate) => candidate[key] === entry[key]);
    if (index < 0) merged.push(entry);
    else merged[index] = mergeObjects(merged[index] ?? {}, entry);
  }
  return merged;
}
