import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { eachObject, isObject, type Manifest } from './manifest.js';

/** An entry of `configMapGenerator` or `secretGenerator`. */
export interface Generator {
  readonly name: string;
  readonly namespace?: string;
  /** `KEY=value`. */
  readonly literals?: readonly string[];
  /** Files beside the kustomization; the file's name is the key. */
  readonly files?: readonly string[];
}

const KNOWN = new Set(['name', 'namespace', 'literals', 'files']);

/** The ConfigMap or Secret of a generator, still under its plain name. */
export function generate(kind: 'ConfigMap' | 'Secret', generator: Generator, folder: string): Manifest {
  const unknown = Object.keys(generator).filter((field) => !KNOWN.has(field));
  if (unknown.length > 0) throw new Error(`The renderer does not know ${unknown.join(', ')} of a generator.`);
  const pairs = [
    ...(generator.literals ?? []).map(literal),
    ...(generator.files ?? []).map((file): [string, string] => [file, fs.readFileSync(path.join(folder, file), 'utf8')]),
  ];
  const encode = (text: string): string => (kind === 'Secret' ? base64Lines(text) : text);
  const data = Object.fromEntries(pairs.map(([key, value]) => [key, encode(value)]));
  const metadata = { name: generator.name, ...(generator.namespace === undefined ? {} : { namespace: generator.namespace }) };
  return { apiVersion: 'v1', kind, metadata, data, ...(kind === 'Secret' ? { type: 'Opaque' } : {}) };
}

/** Kustomize wraps base64 at 70 characters. */
function base64Lines(text: string): string {
  const encoded = Buffer.from(text).toString('base64');
  return encoded.length > 70 ? encoded.replaceAll(/.{1,70}/g, (line) => `${line}\n`) : encoded;
}

function literal(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new Error(`The literal "${text}" is not KEY=value.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Gives generated objects names that change with their content, and changes what refers to them: a new value restarts its readers. */
export function nameByContent(manifests: readonly Manifest[], generated: ReadonlySet<Manifest>): void {
  const names = new Map([...generated].map((manifest) => [idOf(manifest.kind, manifest.metadata.name), hashedName(manifest)]));
  const rename = (kind: string, holder: unknown, field: string): void => {
    if (!isObject(holder)) return;
    const name = names.get(idOf(kind, String(holder[field])));
    if (name !== undefined) holder[field] = name;
  };
  for (const manifest of manifests)
    eachObject(manifest, (object) => {
      for (const field of ['configMapRef', 'configMapKeyRef', 'configMap']) rename('ConfigMap', object[field], 'name');
      for (const field of ['secretRef', 'secretKeyRef']) rename('Secret', object[field], 'name');
      rename('Secret', object['secret'], 'secretName');
    });
  for (const manifest of generated) manifest.metadata.name = hashedName(manifest);
}

const idOf = (kind: string, name: string): string => `${kind}/${name}`;

/** Kustomize's suffix: ten characters of the SHA-256 of kind, data (and type), in an alphabet of its own; its "name" is always empty. */
function hashedName({ kind, metadata: { name }, data, type }: Manifest): string {
  const sorted = Object.fromEntries(Object.entries(data as object).sort(([a], [b]) => (a < b ? -1 : 1)));
  const content = JSON.stringify({ data: sorted, kind, name: '', ...(type === undefined ? {} : { type }) });
  const escaped = content.replaceAll(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
  const digest = createHash('sha256').update(escaped).digest('hex').slice(0, 10);
  const letters: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };
  return `${name}-${digest.replaceAll(/[013ae]/g, (character) => letters[character] ?? character)}`;
}
