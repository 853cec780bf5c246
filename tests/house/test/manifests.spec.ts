import { beforeAll, describe, expect, it } from '@jest/globals';
import { allJobs } from '@earmark/contracts/catalogue';
import { jobConsumerName, streams } from '@earmark/messaging';
import { crossProblems } from '../src/kubernetes/cross-rules.js';
import { environmentOf, variableProblems } from '../src/kubernetes/environment.js';
import { jobFolders, kustomizations, overlays } from '../src/kubernetes/overlays.js';
import { podProblems } from '../src/kubernetes/pod-rules.js';
import { schemaProblems } from '../src/kubernetes/schema-check.js';
import { serviceProblems } from '../src/kubernetes/service-rules.js';
import { appOf, containersOf, serviceContainer, servicesOf, workloadsOf } from '../src/kubernetes/workloads.js';
import type { Manifest } from '../src/kustomize/manifest.js';
import { render } from '../src/kustomize/render.js';
import { packageManifest, read, serviceNames } from '../src/repository.js';
import { variablesOf, type Variable } from '../src/service-schemas.js';

const schemas = new Map<string, ReadonlyMap<string, Variable>>();
beforeAll(async () => {
  for (const service of serviceNames()) schemas.set(service, await variablesOf(service));
});
const schemaOf = (app: string): ReadonlyMap<string, Variable> => {
  const schema = schemas.get(app);
  if (schema === undefined) throw new Error(`${app} is not a service.`);
  return schema;
};

describe.each(kustomizations)('%s', (folder) => {
  const manifests = render(folder);

  it('is what Kubernetes, KEDA and the Gateway API accept', () => {
    expect(manifests.flatMap(schemaProblems)).toEqual([]);
  });

  it('runs pods that may do little and take no more than they were given', () => {
    expect(workloadsOf(manifests).flatMap(podProblems)).toEqual([]);
  });

  it('refers to what is there', () => {
    expect(crossProblems(manifests)).toEqual([]);
    const problems = workloadsOf(manifests).flatMap(({ pod }) =>
      containersOf(pod).flatMap((own) => environmentOf(own, manifests).problems),
    );
    expect(problems).toEqual([]);
  });

  it('reads secrets that k8s/README.md lists', () => {
    const documented = new Set(
      [...read('k8s/README.md').matchAll(/^\| `([\w-]+)` \| `(\w+)`/gm)].map(([, secret, key]) => `${secret}/${key}`),
    );
    const wanted = workloadsOf(manifests)
      .flatMap(({ pod }) => containersOf(pod))
      .flatMap((container) => environmentOf(container, manifests).secrets);
    const isListed = ({ secret, key }: { secret: string; key: string }): boolean =>
      key === '*' ? [...documented].some((entry) => entry.startsWith(`${secret}/`)) : documented.has(`${secret}/${key}`);
    expect(wanted.filter((entry) => !isListed(entry))).toEqual([]);
    expect(wanted.length).toBeGreaterThan(0);
  });

  it('runs images that the Dockerfile builds, in this version', () => {
    const ours = workloadsOf(manifests).flatMap(({ pod }) => containersOf(pod).map(({ image = '' }) => image)).filter((image) => image.includes('earmark/')); // prettier-ignore
    const names = [...serviceNames(), 'trainer-cuda', 'trainer-tfjs'];
    const tags = folder.includes('dev') ? 'dev' : packageManifest().version;
    const unknown = ours.filter((image) => !names.some((name) => image.endsWith(`earmark/${name}:${tags}`)));
    expect(unknown).toEqual([]);
  });
});

describe.each(overlays)('the services of %s', (folder) => {
  const manifests = render(folder);
  const services = servicesOf(manifests);

  it('are all of them', () => {
    expect([...new Set(services.map(appOf))].sort()).toEqual(serviceNames());
  });

  it('get every variable that they require, and none that they do not know or refuse', () => {
    const problems = services.flatMap((service) => {
      const { values } = environmentOf(serviceContainer(service), manifests);
      return variableProblems(values, schemaOf(appOf(service))).map((sentence) => `${service.where}: ${sentence}`);
    });
    expect(problems).toEqual([]);
  });

  it('have probes, time to end, scratch space and threads that fit their configuration', () => {
    const problems = services.flatMap((service) => {
      const { values } = environmentOf(serviceContainer(service), manifests);
      return serviceProblems(service, values, schemaOf(appOf(service)));
    });
    expect(problems).toEqual([]);
  });

  it('migrate their own schema with their own role before they start', () => {
    for (const service of services) {
      const app = appOf(service);
      const [migrate] = service.pod.initContainers ?? [];
      const { secrets } = environmentOf(migrate ?? { name: '' }, manifests);
      expect(migrate?.command).toEqual(['node', '/app/infra/database/migrate.mjs', '--app', app]);
      expect(migrate?.image).toBe(serviceContainer(service).image);
      expect(secrets).toEqual([{ secret: `${app}-database`, key: 'DATABASE_URL' }]);
    }
  });

  it('are reached by nobody unless a policy says so', () => {
    const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
    expect(policies.map(({ spec }) => spec)).toContainEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });
});

describe('scaling', () => {
  const scaled = (folder: string): Manifest[] => render(folder).filter(({ kind }) => kind === 'ScaledObject');
  const triggersOf = ({ spec }: Manifest) =>
    (spec as { triggers: { type: string; metadata: { stream: string; consumer: string } }[] }).triggers;

  it('looks at streams and consumers that the services make', () => {
    const consumers = new Set(allJobs.flatMap(({ subjects }) => subjects.map(jobConsumerName)));
    const triggers = scaled('k8s/overlays/gpu').flatMap(triggersOf);
    expect(triggers.length).toBeGreaterThanOrEqual(4);
    for (const { type, metadata } of triggers) {
      expect(type).toBe('nats-jetstream');
      expect(metadata.stream).toBe(streams.jobs);
      expect([...consumers]).toContain(metadata.consumer);
    }
  });

  it('keeps at least one pod of every service, which also answers calls', () => {
    const manifests = render('k8s/overlays/gpu');
    const minimumOf = (name: string): number => {
      const spec = scaled('k8s/overlays/gpu').find(({ metadata }) => metadata.name === name)?.['spec'];
      return (spec as { minReplicaCount: number } | undefined)?.minReplicaCount ?? 1;
    };
    const pods = new Map<string, number>();
    for (const service of servicesOf(manifests))
      pods.set(appOf(service), (pods.get(appOf(service)) ?? 0) + minimumOf(service.manifest.metadata.name));
    expect([...pods].filter(([, count]) => count < 1)).toEqual([]);
  });

  it('gives every lane of training to exactly one pool', () => {
    const manifests = render('k8s/overlays/gpu');
    const lanes = servicesOf(manifests)
      .filter((service) => appOf(service) === 'trainer')
      .map((service) => environmentOf(serviceContainer(service), manifests).values.get('TRAINING_LANES'));
    expect(new Set(lanes)).toEqual(new Set(['cpu', 'gpu']));
    expect(lanes).toHaveLength(2);
    const gpu = servicesOf(manifests).find(({ manifest }) => manifest.metadata.name === 'trainer-gpu');
    expect(gpu?.pod.nodeSelector).toBeDefined();
    expect(gpu?.pod.tolerations?.map(({ key }) => key)).toContain('nvidia.com/gpu');
    expect(gpu?.pod.containers[0]?.resources?.limits?.['nvidia.com/gpu']).toBe('1');
  });
});

describe('jobs', () => {
  it.each(jobFolders)('%s runs a script or command of the image', (folder) => {
    const commands = workloadsOf(render(folder)).flatMap(({ pod }) =>
      containersOf(pod).map(({ command = [] }) => command.join(' ')),
    );
    const known = [
      'node /app/infra/database/migrate.mjs',
      'node /app/infra/storage/create-bucket.mjs',
      'node dist/admin.js org create $(ORGANISATION)',
    ];
    expect(commands.filter((command) => !known.includes(command))).toEqual([]);
    expect(commands.length).toBeGreaterThan(0);
  });
});
