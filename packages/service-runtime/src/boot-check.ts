import type { Context } from '@earmark/contracts';
import type { Catalogue } from '@earmark/messaging';
import type { ServiceConfig } from '@earmark/service-kit';
import { subjectsOf, type Door } from './door-metadata.js';

/** The service is not complete; one sentence per contract without a handler, or with two. */
export class BootError extends Error {
  constructor(readonly sentences: readonly string[]) {
    super(sentences.join('\n'));
    this.name = 'BootError';
  }
}

interface Placed {
  readonly door: Door;
  readonly where: string;
}

const DECORATORS = { route: 'HandlesRoute', rpc: 'HandlesRpc', job: 'HandlesJob', event: 'HandlesEvent' } as const;

/** Throws BootError unless every route, RPC and job of the context has exactly one handler here and no foreign one has any. */
export function checkDoors(context: Context, catalogue: Catalogue, found: readonly Placed[], config: ServiceConfig): void {
  const owned = catalogue.ownedBy(context);
  const placesOf = (kind: Door['kind'], name: string): string[] =>
    found.filter(({ door }) => door.kind === kind && nameOf(door) === name).map(({ where }) => where);
  const named = [
    ...owned.routes.map(({ name }) => ({ kind: 'route' as const, name })),
    ...owned.rpcs.map(({ name }) => ({ kind: 'rpc' as const, name })),
  ].flatMap(({ kind, name }) => countSentence(kind, name, placesOf(kind, name)));
  const jobs = owned.jobs.flatMap(({ name }) => (placesOf('job', name).length === 0 ? countSentence('job', name, []) : []));
  const sentences = [...named, ...jobs, ...sharedSubjects(found, config), ...foreign(context, catalogue, found)];
  if (sentences.length > 0) throw new BootError(sentences);
}

function nameOf(door: Door): string {
  return door.kind === 'route' ? door.route.name : door.contract.name;
}

function countSentence(kind: Door['kind'], name: string, places: readonly string[]): string[] {
  if (places.length === 1) return [];
  const what = `The ${kind} ${name}`;
  if (places.length > 1) return [`${what} has ${places.length} handlers (${places.join(', ')}): keep one.`];
  return [
    `${what} has no handler: write a method with @${DECORATORS[kind]}(...) in src/inbound and list its class in module.ts.`,
  ];
}

/** Two handlers on one subject would share its deliveries by chance. */
function sharedSubjects(found: readonly Placed[], config: ServiceConfig): string[] {
  const places = new Map<string, string[]>();
  for (const { door, where } of found) {
    if (door.kind !== 'job') continue;
    for (const subject of subjectsOf(door, config)) places.set(subject, [...(places.get(subject) ?? []), where]);
  }
  return [...places].flatMap(([subject, where]) =>
    where.length > 1 ? [`The job subject ${subject} has ${where.length} handlers (${where.join(', ')}): keep one.`] : [],
  );
}

function foreign(context: Context, catalogue: Catalogue, found: readonly Placed[]): string[] {
  const owned = catalogue.ownedBy(context);
  const names = new Set([...owned.routes, ...owned.rpcs, ...owned.jobs].map(({ name }) => name));
  return found
    .filter(({ door }) => door.kind !== 'event' && !names.has(nameOf(door) as `${string}.${string}`))
    .map(({ door, where }) => `${where} handles ${nameOf(door)}, which ${context} does not own.`);
}
