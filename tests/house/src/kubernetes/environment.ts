import type { Manifest } from '../kustomize/manifest.js';
import type { Variable } from '../service-schemas.js';
import type { Container } from './workloads.js';

/** Stands for a value that a secret of the operator holds. */
export const SECRET = '(secret)';

export interface SecretKey {
  readonly secret: string;
  readonly key: string;
}

/** What a container's variables come to, and which secrets it reads that no manifest makes. */
export interface ContainerEnvironment {
  readonly values: ReadonlyMap<string, string>;
  readonly secrets: readonly SecretKey[];
  /** Sentences on references that lead nowhere. */
  readonly problems: readonly string[];
}

/** Resolves `env` and `envFrom` against the ConfigMaps and Secrets among `manifests`. */
export function environmentOf({ name, env = [], envFrom = [] }: Container, manifests: readonly Manifest[]): ContainerEnvironment {
  const values = new Map<string, string>();
  const secrets: SecretKey[] = [];
  const problems: string[] = [];
  const configMap = (wanted: string | undefined): Record<string, string> | undefined => dataOf(manifests, 'ConfigMap', wanted);
  for (const { configMapRef, secretRef } of envFrom) {
    const data = configMapRef === undefined ? {} : configMap(configMapRef.name);
    if (data === undefined) problems.push(`${name} reads the ConfigMap ${String(configMapRef?.name)}, which is not there.`);
    for (const [variable, value] of Object.entries(data ?? {})) values.set(variable, value);
    if (secretRef?.name !== undefined) secrets.push({ secret: plainName(secretRef.name), key: '*' });
  }
  for (const { name: variable, value, valueFrom } of env) {
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    const found = configMapKeyRef === undefined ? value : configMap(configMapKeyRef.name)?.[configMapKeyRef.key];
    if (secretKeyRef !== undefined) secrets.push({ secret: plainName(secretKeyRef.name ?? ''), key: secretKeyRef.key });
    else if (found === undefined) problems.push(`${name} has no value for ${variable}.`);
    values.set(variable, secretKeyRef === undefined ? (found ?? '') : secretValue(manifests, secretKeyRef));
  }
  return { values, secrets, problems };
}

const dataOf = (manifests: readonly Manifest[], kind: string, name: string | undefined): Record<string, string> | undefined =>
  manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)?.['data'] as
    Record<string, string> | undefined;

function secretValue(manifests: readonly Manifest[], { name, key }: { name?: string; key: string }): string {
  const encoded = dataOf(manifests, 'Secret', name)?.[key];
  return encoded === undefined ? SECRET : Buffer.from(encoded, 'base64').toString('utf8');
}

/** Without the suffix of a generated name. */
const plainName = (name: string): string => name.replace(/-[0-9a-z]{10}$/, '');

/** Sentences on variables that a service does not know, refuses, or misses. */
export function variableProblems(values: ReadonlyMap<string, string>, variables: ReadonlyMap<string, Variable>): string[] {
  const wrong = [...values].flatMap(([name, value]) => {
    const variable = variables.get(name);
    if (variable === undefined) return [`${name} is not in the service's config.`];
    return value === SECRET || variable.parse(value) !== undefined ? [] : [`${name} must not be "${value}".`];
  });
  const missing = [...variables].filter(([name, { isRequired }]) => isRequired && !values.has(name));
  return [...wrong, ...missing.map(([name]) => `${name} is required and not given.`)];
}
