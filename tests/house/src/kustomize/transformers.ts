import { parse } from 'yaml';
import { eachObject, isObject, type Manifest } from './manifest.js';
import { strategicMerge } from './strategic-merge.js';

export interface Patch {
  readonly path?: string;
  readonly patch?: string;
  readonly target: { readonly kind: string; readonly name?: string };
}

export interface Image {
  readonly name: string;
  readonly newName: string;
  readonly newTag: string;
}

export interface Replicas {
  readonly name: string;
  readonly count: number;
}

/** Merges a patch into every object it aims at; throws when there is none. */
export function applyPatch(manifests: Manifest[], { target }: Patch, text: string): void {
  const patch = parse(text) as Manifest;
  const isTarget = ({ kind, metadata }: Manifest): boolean =>
    kind === target.kind && (target.name ?? metadata.name) === metadata.name;
  const aims = manifests.filter(isTarget);
  if (aims.length === 0) throw new Error(`A patch of ${target.kind} ${target.name ?? ''} changes nothing.`);
  for (const manifest of aims) {
    const { metadata, ...rest } = patch;
    const { name: _placeholder, ...otherMetadata } = metadata;
    Object.assign(manifest, strategicMerge(manifest, { ...rest, metadata: otherMetadata }));
  }
}

export function setNamespace(manifests: readonly Manifest[], namespace: string): void {
  for (const { kind, metadata } of manifests)
    if (kind === 'Namespace') metadata.name = namespace;
    else metadata.namespace = namespace;
}

export function setReplicas(manifests: readonly Manifest[], { name, count }: Replicas): void {
  const found = manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name);
  if (found === undefined || !isObject(found['spec']))
    throw new Error(`There is no Deployment ${name} to give ${count} replicas.`);
  found['spec']['replicas'] = count;
}

/** Names the registry and the tag of containers' images. */
export function setImage(manifests: readonly Manifest[], { name, newName, newTag }: Image): void {
  for (const manifest of manifests)
    eachObject(manifest, (object) => {
      for (const field of ['containers', 'initContainers'])
        for (const container of Array.isArray(object[field]) ? (object[field] as unknown[]) : [])
          if (isObject(container) && String(container['image']).split(':')[0] === name)
            container['image'] = `${newName}:${newTag}`;
    });
}
