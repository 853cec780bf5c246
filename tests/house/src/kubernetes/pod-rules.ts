import { containersOf, type Container, type PodSpec, type Workload } from './workloads.js';
import { quantity } from './quantities.js';

/** Sentences on pods that may do more than they need, or take more than they were given. */
export function podProblems({ where, pod }: Workload): string[] {
  const { securityContext: own, automountServiceAccountToken, enableServiceLinks } = pod;
  const failed = [
    own?.runAsNonRoot !== true || !((own.runAsUser ?? 0) > 0) ? 'may run as root' : '',
    own?.seccompProfile?.type !== 'RuntimeDefault' ? 'has no seccomp profile' : '',
    automountServiceAccountToken !== false ? 'mounts a service account token' : '',
    enableServiceLinks !== false ? 'gets variables of every Service of the namespace' : '',
    pod.hostNetwork === true || pod.hostPID === true ? 'shares the host' : '',
    ...unboundedVolumes(pod),
  ].filter((text) => text !== '');
  return [
    ...failed.map((text) => `${where} ${text}.`),
    ...containersOf(pod).flatMap((container) => containerProblems(where, container)),
  ];
}

function unboundedVolumes({ volumes = [] }: PodSpec): string[] {
  return volumes
    .filter(({ emptyDir }) => emptyDir !== undefined && emptyDir.sizeLimit === undefined)
    .map(({ name }) => `has no sizeLimit on ${name}`);
}

function containerProblems(where: string, { name, image, securityContext: own, resources }: Container): string[] {
  const failed = [
    own?.readOnlyRootFilesystem !== true ? 'may write to its image' : '',
    own?.allowPrivilegeEscalation !== false ? 'may gain privileges' : '',
    own?.capabilities?.drop?.includes('ALL') !== true ? 'keeps capabilities' : '',
    ...['cpu', 'memory'].map((what) => boundsProblem(what, resources)),
    isPinned(image ?? '') ? '' : `has an image that is not pinned (${image ?? 'none'})`,
  ];
  return failed.filter((text) => text !== '').map((text) => `${where}, container ${name} ${text}.`);
}

function boundsProblem(what: string, resources: Container['resources']): string {
  const request = resources?.requests?.[what];
  const limit = resources?.limits?.[what];
  if (request === undefined || limit === undefined) return `has no ${what} request and limit`;
  return quantity(request) > quantity(limit) ? `requests more ${what} than its limit` : '';
}

/** `name:tag` with a tag that stays what it is. */
export function isPinned(image: string): boolean {
  const tag = /^[^:@\s]+(?::\d+\/[^:@\s]+)?:([\w.-]+)$/.exec(image)?.[1];
  return tag !== undefined && !['latest', 'main', 'stable', 'edge'].includes(tag);
}
