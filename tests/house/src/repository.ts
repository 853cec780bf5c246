import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';

/** The checkout; this file runs from tests/house/dist. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

export const at = (...parts: string[]): string => path.join(root, ...parts);

export const read = (file: string): string => fs.readFileSync(at(file), 'utf8');

/** A module of the repository by its path, such as a compiled `config.js` or a script under infra. */
export async function moduleAt(file: string): Promise<Record<string, unknown>> {
  return (await import(pathToFileURL(at(file)).href)) as Record<string, unknown>;
}

/** One YAML document; `<<` merges. Throws on a repeated key or a syntax error. */
export const readYaml = (file: string): unknown => parse(read(file), { merge: true }) as unknown;

/** All documents of a YAML text, empty ones left out. Throws on a syntax error. */
export function yamlDocuments(text: string): Record<string, unknown>[] {
  return parseAllDocuments(text)
    .map((document) => {
      if (document.errors[0] !== undefined) throw document.errors[0];
      return document.toJSON() as Record<string, unknown> | null;
    })
    .filter((document) => document !== null);
}

/** Every app that is a service, sorted. */
export const serviceNames = (): string[] =>
  fs
    .readdirSync(at('apps'))
    .filter((name) => fs.existsSync(at('apps', name, 'src/main.ts')))
    .sort();

/** Files below a folder of the repository, by their paths from the root, without installed and generated ones. */
export function filesBelow(folder: string, isWanted: (file: string) => boolean): string[] {
  const passedBy = new Set(['node_modules', 'dist', '.git', '.earmark', '.turbo', 'prisma-client']);
  return fs
    .readdirSync(at(folder), { withFileTypes: true })
    .filter(({ name }) => !passedBy.has(name))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(file, isWanted);
      return isWanted(file) ? [file] : [];
    });
}

export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly engines?: { readonly node: string };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export const packageManifest = (folder = '.'): PackageManifest =>
  JSON.parse(read(path.join(folder, 'package.json'))) as PackageManifest;
