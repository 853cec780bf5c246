import type { IContainer, IPodTemplateSpec } from 'kubernetes-models/v1';
import type { Manifest } from '../kustomize/manifest.js';

export type Container = IContainer;
export type PodSpec = NonNullable<IPodTemplateSpec['spec']>;

/** Something that runs pods: a Deployment, StatefulSet or Job, with its pods' specification. */
export interface Workload {
  readonly manifest: Manifest;
  readonly where: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: PodSpec;
}

const KINDS = new Set(['Deployment', 'StatefulSet', 'Job']);

export function workloadsOf(manifests: readonly Manifest[]): Workload[] {
  return manifests.filter(({ kind }) => KINDS.has(kind)).map(workload);
}

function workload(manifest: Manifest): Workload {
  const { template } = manifest['spec'] as { template: IPodTemplateSpec };
  if (template.spec === undefined) throw new Error(`${manifest.metadata.name} has no pod.`);
  const where = `${manifest.kind} ${manifest.metadata.name}`;
  return { manifest, where, labels: template.metadata?.labels ?? {}, pod: template.spec };
}

/** The pods that run one of our services, told by their component label. */
export const servicesOf = (manifests: readonly Manifest[]): Workload[] =>
  workloadsOf(manifests).filter(({ labels }) => labels['app.kubernetes.io/component'] === 'service');

export const containersOf = ({ initContainers = [], containers }: PodSpec): Container[] => [...initContainers, ...containers];

/** Which app a service's pods run, from the folder their migrations come from. */
export function appOf({ pod, where }: Workload): string {
  const app = pod.initContainers?.find(({ name }) => name === 'migrate')?.command?.at(-1);
  if (app === undefined) throw new Error(`${where} has no init container that migrates.`);
  return app;
}

export function serviceContainer({ pod, where }: Workload): Container {
  const found = pod.containers.find(({ name }) => name === 'service');
  if (found === undefined) throw new Error(`${where} has no container "service".`);
  return found;
}
