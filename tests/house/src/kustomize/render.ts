import fs from 'node:fs';
import path from 'node:path';
import { at, yamlDocuments } from '../repository.js';
import { generate, nameByContent, type Generator } from './generators.js';
import type { Manifest } from './manifest.js';
import { applyPatch, setImage, setNamespace, setReplicas, type Image, type Patch, type Replicas } from './transformers.js';

interface Kustomization {
  readonly apiVersion: string;
  readonly kind: 'Kustomization' | 'Component';
  readonly namespace?: string;
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly configMapGenerator?: readonly Generator[];
  readonly secretGenerator?: readonly Generator[];
  readonly patches?: readonly Patch[];
  readonly images?: readonly Image[];
  readonly replicas?: readonly Replicas[];
}

const KNOWN = [
  ...['apiVersion', 'kind', 'namespace', 'resources', 'components', 'configMapGenerator', 'secretGenerator'],
  ...['patches', 'images', 'replicas'],
];

interface Collected {
  readonly manifests: Manifest[];
  readonly generated: Set<Manifest>;
}

/**
 * What `kubectl kustomize` makes of a folder, for the part of Kustomize that this repository uses; throws on anything else.
 * Needed because no current kubectl can be had from npm or Debian (ADR 9).
 */
export function render(folder: string): Manifest[] {
  const collected: Collected = { manifests: [], generated: new Set() };
  collect(at(folder), 'Kustomization', collected);
  nameByContent(collected.manifests, collected.generated);
  return collected.manifests;
}

/** Adds a folder's objects, then lets its components, patches and settings work: a component's on everything so far. */
function collect(folder: string, kind: Kustomization['kind'], into: Collected): void {
  const own = readKustomization(folder, kind);
  const mine: Collected = kind === 'Component' ? into : { manifests: [], generated: new Set() };
  for (const resource of own.resources ?? []) addResource(path.join(folder, resource), mine);
  for (const component of own.components ?? []) collect(path.join(folder, component), 'Component', mine);
  addGenerated(own, folder, mine);
  transform(own, folder, mine.manifests);
  if (mine === into) return;
  into.manifests.push(...mine.manifests);
  for (const manifest of mine.generated) into.generated.add(manifest);
}

function readKustomization(folder: string, kind: Kustomization['kind']): Kustomization {
  const [own] = yamlDocuments(fs.readFileSync(path.join(folder, 'kustomization.yaml'), 'utf8')) as unknown as Kustomization[];
  if (own?.kind !== kind) throw new Error(`${folder} is not a ${kind}.`);
  const unknown = Object.keys(own).filter((field) => !KNOWN.includes(field));
  if (unknown.length > 0) throw new Error(`The renderer does not know ${unknown.join(', ')} (${folder}).`);
  return own;
}

function addResource(resource: string, into: Collected): void {
  if (fs.statSync(resource).isDirectory()) collect(resource, 'Kustomization', into);
  else into.manifests.push(...(yamlDocuments(fs.readFileSync(resource, 'utf8')) as unknown as Manifest[]));
}

function addGenerated({ configMapGenerator = [], secretGenerator = [] }: Kustomization, folder: string, into: Collected): void {
  const all = [
    ...configMapGenerator.map((generator) => generate('ConfigMap', generator, folder)),
    ...secretGenerator.map((generator) => generate('Secret', generator, folder)),
  ];
  for (const manifest of all) {
    into.manifests.push(manifest);
    into.generated.add(manifest);
  }
}

function transform(own: Kustomization, folder: string, manifests: Manifest[]): void {
  for (const patch of own.patches ?? []) applyPatch(manifests, patch, patchText(patch, folder));
  if (own.namespace !== undefined) setNamespace(manifests, own.namespace);
  for (const replicas of own.replicas ?? []) setReplicas(manifests, replicas);
  for (const image of own.images ?? []) setImage(manifests, image);
}

function patchText({ path: file, patch }: Patch, folder: string): string {
  if (file !== undefined) return fs.readFileSync(path.join(folder, file), 'utf8');
  if (patch === undefined) throw new Error(`A patch of ${folder} has neither path nor patch.`);
  return patch;
}
