import * as gatewayApi from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import * as apps from 'kubernetes-models/apps/v1';
import * as batch from 'kubernetes-models/batch/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { isObject, type Manifest } from '../kustomize/manifest.js';

interface Model {
  validate(): void;
}
type ModelClass = new (data: never) => Model;

const modules = {
  v1: core,
  'apps/v1': apps,
  'batch/v1': batch,
  'policy/v1': policy,
  'networking.k8s.io/v1': networking,
  'keda.sh/v1alpha1': keda,
  'gateway.networking.k8s.io/v1': gatewayApi,
} as unknown as Record<string, Record<string, ModelClass>>;

const TOP_LEVEL = ['apiVersion', 'kind', 'metadata', 'spec', 'data', 'type', 'automountServiceAccountToken'];

/** Sentences on what Kubernetes would refuse or silently drop: wrong values, missing fields, and fields that do not exist. */
export function schemaProblems(manifest: Manifest): string[] {
  const where = `${manifest.kind} ${manifest.metadata.name}`;
  const ModelOf = modules[manifest.apiVersion]?.[manifest.kind];
  if (ModelOf === undefined) return [`${where}: no schema for ${manifest.apiVersion}.`];
  const read = new Set<string>();
  const model = new ModelOf(unwrapped(manifest) as never);
  for (const [field, value] of Object.entries(unwrapped(manifest)))
    Object.assign(model, { [field]: watched(value, field, read) });
  read.clear();
  try {
    model.validate();
  } catch (error) {
    return [`${where}: ${(error as Error).message}.`];
  }
  const unknown = pathsOf(manifest).filter((path) => (path.includes('/') ? !read.has(path) : !TOP_LEVEL.includes(path)));
  return unknown.map((path) => `${where}: there is no field ${path}.`);
}

/** Kustomize wraps the base64 of long secrets, which Kubernetes accepts and the schema does not. */
function unwrapped(manifest: Manifest): Manifest {
  if (manifest.kind !== 'Secret' || !isObject(manifest['data'])) return manifest;
  const data = Object.entries(manifest['data']).map(([key, value]) => [key, String(value).replaceAll('\n', '')]);
  return { ...manifest, data: Object.fromEntries(data) as unknown };
}

/** The validators are compiled code that reads the fields it knows: what it never reads is unknown to Kubernetes. */
function watched(value: unknown, path: string, read: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.entries(value).map(([field, content]) => [field, watched(content, `${path}/${field}`, read)] as const);
  const copy = Array.isArray(value) ? inner.map(([, content]) => content) : Object.fromEntries(inner);
  return new Proxy<object>(copy, {
    get(target, field, receiver) {
      if (typeof field === 'string') read.add(`${path}/${field}`);
      return Reflect.get(target, field, receiver) as unknown;
    },
  });
}

function pathsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, content]) => {
    const inner = path === '' ? field : `${path}/${field}`;
    return [inner, ...pathsOf(content, inner)];
  });
}
