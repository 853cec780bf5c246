import { describe, expect, it } from '@jest/globals';
import { crossProblems } from '../src/kubernetes/cross-rules.js';
import { environmentOf, variableProblems } from '../src/kubernetes/environment.js';
import { isPinned, podProblems } from '../src/kubernetes/pod-rules.js';
import { quantity } from '../src/kubernetes/quantities.js';
import { schemaProblems } from '../src/kubernetes/schema-check.js';
import { serviceProblems } from '../src/kubernetes/service-rules.js';
import { appOf, serviceContainer, servicesOf, type Workload } from '../src/kubernetes/workloads.js';
import type { Manifest } from '../src/kustomize/manifest.js';
import { render } from '../src/kustomize/render.js';
import { variablesOf } from '../src/service-schemas.js';

/** The trainer of production with something changed for the worse. */
function spoiled(change: (trainer: Workload) => void): { trainer: Workload; manifests: Manifest[] } {
  const manifests = render('k8s/overlays/prod');
  const trainer = servicesOf(manifests).find((service) => appOf(service) === 'trainer');
  if (trainer === undefined) throw new Error('There is no trainer.');
  change(trainer);
  return { trainer, manifests };
}

describe('a spoiled manifest is seen', () => {
  it.each<[string, (trainer: Workload) => void, RegExp]>([
    [
      'an unknown field',
      ({ pod }) => Object.assign(pod.containers[0] ?? {}, { readOnly: true }),
      /no field spec\/template.+readOnly/,
    ],
    ['a wrong type', ({ pod }) => Object.assign(pod, { containers: 'one' }), /must be array/],
    ['a missing field', ({ manifest }) => delete (manifest['spec'] as { selector?: object }).selector, /selector/],
  ])('%s', (_, change, expected) => {
    const { trainer } = spoiled(change);
    expect(schemaProblems(trainer.manifest).join('\n')).toMatch(expected);
  });

  it.each<[string, (trainer: Workload) => void, RegExp]>([
    ['root', ({ pod }) => Object.assign(pod.securityContext ?? {}, { runAsNonRoot: false }), /may run as root/],
    ['a token', ({ pod }) => delete pod.automountServiceAccountToken, /token/],
    ['a volume without bounds', ({ pod }) => pod.volumes?.push({ name: 'more', emptyDir: {} }), /sizeLimit on more/],
    [
      'a writable image',
      ({ pod }) => Object.assign(pod.containers[0]?.securityContext ?? {}, { readOnlyRootFilesystem: false }),
      /may write/,
    ],
    ['capabilities', ({ pod }) => delete pod.containers[0]?.securityContext?.capabilities, /keeps capabilities/],
    ['no limit', ({ pod }) => delete pod.containers[0]?.resources?.limits?.['memory'], /no memory request and limit/],
    ['latest', ({ pod }) => Object.assign(pod.containers[0] ?? {}, { image: 'earmark/trainer:latest' }), /not pinned/],
  ])('%s', (_, change, expected) => {
    expect(podProblems(spoiled(change).trainer).join('\n')).toMatch(expected);
  });

  it.each<[string, (trainer: Workload) => void, RegExp]>([
    ['no readiness probe', (trainer) => delete serviceContainer(trainer).readinessProbe, /no readinessProbe on \/health\/ready/],
    [
      'a foreign port',
      (trainer) => Object.assign(serviceContainer(trainer).ports?.[0] ?? {}, { containerPort: 81 }),
      /asks port 81/,
    ],
    ['no time to end', ({ pod }) => Object.assign(pod, { terminationGracePeriodSeconds: 10 }), /killed after 10000 ms/],
    ['too small a cache', ({ pod }) => Object.assign(pod.volumes?.find(({ name }) => name === 'scratch')?.emptyDir ?? {}, { sizeLimit: '1Gi' }), /caches/], // prettier-ignore
    [
      'too few cores',
      (trainer) => Object.assign(serviceContainer(trainer).resources?.limits ?? {}, { cpu: '1' }),
      /4 threads \(TRAINING_THREADS\) on 1/,
    ],
  ])('%s', async (_, change, expected) => {
    const { trainer, manifests } = spoiled(change);
    const { values } = environmentOf(serviceContainer(trainer), manifests);
    expect(serviceProblems(trainer, values, await variablesOf('trainer')).join('\n')).toMatch(expected);
  });

  it.each<[string, string, string | undefined, RegExp]>([
    ['an unknown variable', 'TRAINING_LANE', 'cpu', /TRAINING_LANE is not in the service's config/],
    ['a refused value', 'TRAINING_LANES', 'tpu', /TRAINING_LANES must not be "tpu"/],
    ['a missing one', 'S3_BUCKET', undefined, /S3_BUCKET is required/],
  ])('%s', async (_, name, value, expected) => {
    const { trainer, manifests } = spoiled(() => undefined);
    const values = new Map(environmentOf(serviceContainer(trainer), manifests).values);
    if (value === undefined) values.delete(name);
    else values.set(name, value);
    expect(variableProblems(values, await variablesOf('trainer')).join('\n')).toMatch(expected);
  });

  it.each<[string, (manifests: Manifest[]) => void, RegExp]>([
    ['no budget', (manifests) => remove(manifests, 'PodDisruptionBudget', 'trainer'), /trainer has no PodDisruptionBudget/],
    ['no account', (manifests) => remove(manifests, 'ServiceAccount', 'trainer'), /service account that is not there/],
    [
      'no target',
      (manifests) => remove(manifests, 'Deployment', 'ingest'),
      /ScaledObject ingest scales ingest, which is not there/,
    ],
    ['no backend', (manifests) => remove(manifests, 'Service', 'gateway'), /HTTPRoute gateway leads to gateway:80/],
  ])('%s', (_, change, expected) => {
    const { manifests } = spoiled(() => undefined);
    change(manifests);
    expect(crossProblems(manifests).join('\n')).toMatch(expected);
  });
});

function remove(manifests: Manifest[], kind: string, name: string): void {
  const index = manifests.findIndex((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  expect(index).toBeGreaterThanOrEqual(0);
  manifests.splice(index, 1);
}

describe('small parts', () => {
  it('reads quantities', () => {
    expect([quantity('500m'), quantity('2'), quantity('1Gi'), quantity(3)]).toEqual([0.5, 2, 2 ** 30, 3]);
    expect(() => quantity('2 apples')).toThrow('not a quantity');
  });

  it('tells pinned images', () => {
    expect(['nats:2.12.8-alpine', 'ghcr.io/a/b:0.1.0', 'localhost:5000/a:1'].every(isPinned)).toBe(true);
    expect(['nats', 'nats:latest', 'ghcr.io/a/b', 'a/b:main'].some(isPinned)).toBe(false);
  });
});
