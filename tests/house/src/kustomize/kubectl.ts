import { spawnSync } from 'node:child_process';
import { at, yamlDocuments } from '../repository.js';
import type { Manifest } from './manifest.js';

/** Whether a kubectl with Kustomize 5 is on the PATH. */
export function hasRecentKubectl(): boolean {
  const { status, stdout } = spawnSync('kubectl', ['version', '--client', '--output=json'], { encoding: 'utf8' });
  return status === 0 && /"kustomizeVersion":\s*"v([5-9]|\d\d)/.test(stdout);
}

/** What kubectl itself renders. */
export function renderByKubectl(folder: string): Manifest[] {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', at(folder)], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`kubectl kustomize ${folder}: ${stderr}`);
  return yamlDocuments(stdout) as unknown as Manifest[];
}
