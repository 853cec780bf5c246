import { isObject, type JsonObject, type Manifest } from '../kustomize/manifest.js';
import { workloadsOf, type Workload } from './workloads.js';

type Labels = Readonly<Record<string, string>>;

const ofKind = (manifests: readonly Manifest[], kind: string): Manifest[] =>
  manifests.filter((manifest) => manifest.kind === kind);
const specOf = ({ spec }: Manifest): JsonObject => (isObject(spec) ? spec : {});
const selects = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([label, value]) => labels[label] === value);

/** Sentences on objects that name others which are not there, or that leave a service alone. */
export function crossProblems(manifests: readonly Manifest[]): string[] {
  const workloads = workloadsOf(manifests);
  return [
    ...repeated(manifests),
    ...ofKind(manifests, 'Service').flatMap((service) => serviceTargets(service, workloads)),
    ...ofKind(manifests, 'PodDisruptionBudget').flatMap((budget) => budgetTarget(budget, workloads)),
    ...ofKind(manifests, 'ScaledObject').flatMap((scaled) => scaleTarget(scaled, workloads)),
    ...ofKind(manifests, 'HTTPRoute').flatMap((route) => backends(route, ofKind(manifests, 'Service'))),
    ...workloads.filter(({ manifest }) => manifest.kind === 'Deployment').flatMap((own) => deployment(own, manifests)),
  ];
}

function repeated(manifests: readonly Manifest[]): string[] {
  const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} is there twice.`);
}

function serviceTargets(service: Manifest, workloads: readonly Workload[]): string[] {
  const { selector, ports } = specOf(service) as { selector: Labels; ports: { targetPort: string }[] };
  const chosen = workloads.filter(({ labels }) => selects(selector, labels));
  if (chosen.length !== 1) return [`Service ${service.metadata.name} selects ${chosen.length} workloads.`];
  const offered = chosen.flatMap(({ pod }) =>
    pod.containers.flatMap((container) => (container.ports ?? []).map(({ name }) => name)),
  );
  const missing = ports.filter(({ targetPort }) => !offered.includes(targetPort));
  return missing.map(
    ({ targetPort }) => `Service ${service.metadata.name} leads to a port "${targetPort}" that no container has.`,
  );
}

function budgetTarget(budget: Manifest, workloads: readonly Workload[]): string[] {
  const { selector } = specOf(budget) as { selector: { matchLabels: Labels } };
  const chosen = workloads.filter(({ labels }) => selects(selector.matchLabels, labels));
  return chosen.length === 1 ? [] : [`PodDisruptionBudget ${budget.metadata.name} covers ${chosen.length} workloads.`];
}

function scaleTarget(scaled: Manifest, workloads: readonly Workload[]): string[] {
  const { scaleTargetRef } = specOf(scaled) as { scaleTargetRef: { name: string } };
  const target = workloads.find(
    ({ manifest }) => manifest.kind === 'Deployment' && manifest.metadata.name === scaleTargetRef.name,
  );
  if (target === undefined) return [`ScaledObject ${scaled.metadata.name} scales ${scaleTargetRef.name}, which is not there.`];
  const isFixed = specOf(target.manifest)['replicas'] !== undefined;
  return isFixed ? [`${target.where} has fixed replicas and a ScaledObject.`] : [];
}

function backends(route: Manifest, services: readonly Manifest[]): string[] {
  const { rules } = specOf(route) as { rules: { backendRefs: { name: string; port: number }[] }[] };
  return rules
    .flatMap(({ backendRefs }) => backendRefs)
    .filter(({ name, port }) => !services.some((service) => service.metadata.name === name && hasPort(service, port)))
    .map(({ name, port }) => `HTTPRoute ${route.metadata.name} leads to ${name}:${port}, which is not there.`);
}

const hasPort = (service: Manifest, port: number): boolean =>
  (specOf(service)['ports'] as { port: number }[]).some((offered) => offered.port === port);

function deployment({ manifest, where, labels, pod }: Workload, manifests: readonly Manifest[]): string[] {
  const { selector } = specOf(manifest) as { selector: { matchLabels: Labels } };
  const budgets = ofKind(manifests, 'PodDisruptionBudget').map((budget) => budget.metadata.name);
  const accounts = ofKind(manifests, 'ServiceAccount').map((account) => account.metadata.name);
  const spread = pod.topologySpreadConstraints ?? [];
  return [
    selects(selector.matchLabels, labels) ? '' : `${where} does not select its own pods.`,
    budgets.includes(manifest.metadata.name) ? '' : `${where} has no PodDisruptionBudget.`,
    accounts.includes(pod.serviceAccountName ?? '') ? '' : `${where} has a service account that is not there.`,
    spread.some(({ labelSelector }) => selects(labelSelector?.matchLabels ?? {}, labels))
      ? ''
      : `${where} is not spread over nodes.`,
  ].filter((sentence) => sentence !== '');
}
