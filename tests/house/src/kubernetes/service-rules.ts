import type { Variable } from '../service-schemas.js';
import { quantity } from './quantities.js';
import { serviceContainer, type Container, type Workload } from './workloads.js';

type Environment = ReadonlyMap<string, string>;

/** What comes on top of SHUTDOWN_GRACE_MS before Kubernetes may kill: the last answers, closing, writing logs. */
const MARGIN_MS = 5_000;

/** Sentences on a service's pod that does not fit what the service's own code does: probes, ports, ending, scratch, threads. */
export function serviceProblems(workload: Workload, env: Environment, variables: ReadonlyMap<string, Variable>): string[] {
  const container = serviceContainer(workload);
  const valueOf = (name: string): unknown => {
    const given = env.get(name);
    return given === undefined ? variables.get(name)?.byDefault : variables.get(name)?.parse(given);
  };
  return [
    ...probeProblems(container, valueOf('PORT')),
    ...endingProblems(workload, container, Number(valueOf('SHUTDOWN_GRACE_MS'))),
    ...scratchProblems(workload, container, String(valueOf('EARMARK_DATA_DIR')), Number(valueOf('TRAINING_CACHE_BYTES') ?? 0)),
    ...threadProblems(
      container,
      ['TRAINING_THREADS', 'INFERENCE_WORKERS'].filter((name) => variables.has(name)),
      env,
    ),
    ...(valueOf('HOST') === '0.0.0.0' ? [] : ['listens on loopback only']),
  ].map((text) => `${workload.where} ${text}.`);
}

const PROBES = { startupProbe: '/health/live', livenessProbe: '/health/live', readinessProbe: '/health/ready' } as const;

function probeProblems(container: Container, port: unknown): string[] {
  const ports = new Map(container.ports?.map(({ name, containerPort }) => [name, containerPort]));
  return Object.entries(PROBES).flatMap(([probe, path]) => {
    const get = container[probe as keyof typeof PROBES]?.httpGet;
    if (get?.path !== path) return [`has no ${probe} on ${path}`];
    const number = typeof get.port === 'string' ? ports.get(get.port) : get.port;
    return number === port ? [] : [`asks port ${String(number)} in its ${probe}, the service listens on ${String(port)}`];
  });
}

function endingProblems({ pod }: Workload, { lifecycle }: Container, graceMs: number): string[] {
  const [command, seconds] = lifecycle?.preStop?.exec?.command ?? ['sleep', '0'];
  if (command !== 'sleep') return ['does something else than sleep before it stops'];
  const neededMs = Number(seconds) * 1_000 + graceMs + MARGIN_MS;
  const givenMs = (pod.terminationGracePeriodSeconds ?? 0) * 1_000;
  return givenMs >= neededMs ? [] : [`is killed after ${givenMs} ms and may need ${neededMs} ms to end`];
}

function scratchProblems(
  { pod }: Workload,
  { volumeMounts = [], resources }: Container,
  dataDir: string,
  cacheBytes: number,
): string[] {
  const sizeAt = (mountPath: string): number | undefined => {
    const name = volumeMounts.find((mount) => mount.mountPath === mountPath)?.name;
    const limit = pod.volumes?.find((volume) => volume.name === name)?.emptyDir?.sizeLimit;
    return limit === undefined ? undefined : quantity(limit);
  };
  const [scratch, temporary] = [sizeAt(dataDir), sizeAt('/tmp')];
  if (scratch === undefined) return [`has no volume at EARMARK_DATA_DIR, ${dataDir}`];
  if (temporary === undefined) return ['has no volume at /tmp'];
  const allowed = quantity(resources?.limits?.['ephemeral-storage']);
  return [
    ...(scratch > cacheBytes ? [] : [`caches ${cacheBytes} bytes on a volume of ${scratch}`]),
    ...(allowed >= scratch + temporary ? [] : ['is evicted before its volumes are full (ephemeral-storage)']),
  ];
}

/** Without the variable the service takes as many threads as the node has cores, whatever the limit. */
function threadProblems({ resources }: Container, names: readonly string[], env: Environment): string[] {
  const cores = quantity(resources?.limits?.['cpu']);
  return names.flatMap((name) => {
    const threads = Number(env.get(name));
    if (Number.isNaN(threads)) return [`does not set ${name}`];
    return threads <= cores ? [] : [`runs ${threads} threads (${name}) on ${cores} cores`];
  });
}
