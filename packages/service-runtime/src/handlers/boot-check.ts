import type { Context } from '@earmark/contracts';
import type { Catalogue } from '@earmark/messaging';
import type { ServiceConfig } from '../config/environment.js';
import { subjectsOf, type Handler } from './handler-metadata.js';

/** The service is not complete; one sentence per contract without a handler, or with two. */
export class BootError extends Error {
  constructor(readonly sentences: readonly string[]) {
    super(sentences.join('\n'));
    this.name = 'BootError';
  }
}

interface Placed {
  readonly handler: Handler;
  readonly where: string;
}

type ContractKind = Exclude<Handler['kind'], 'task' | 'sweep'>;

const DECORATORS = { route: 'HandlesRoute', rpc: 'HandlesRpc', job: 'HandlesJob', event: 'HandlesEvent' } as const;

/**
 * Throws BootError unless every route, RPC and job of the context and every event that it hears has exactly one handler here (a job one
 * per lane), and nothing else has any.
 */
export function checkHandlers(context: Context, catalogue: Catalogue, found: readonly Placed[], config: ServiceConfig): void {
  const expected = contractsOf(context, catalogue);
  const sentences = [
    ...expected.flatMap(({ kind, name }) => countSentence(kind, name, placesOf(found, kind, name))),
    ...sharedSubjects(found, config),
    ...unexpected(context, expected, found),
  ];
  if (sentences.length > 0) throw new BootError(sentences);
}

interface Expected {
  readonly kind: ContractKind;
  readonly name: string;
}

function contractsOf(context: Context, catalogue: Catalogue): Expected[] {
  const { routes, rpcs, jobs } = catalogue.ownedBy(context);
  const heard = catalogue.events.filter(({ heardBy }) => heardBy.includes(context));
  const named = (kind: ContractKind, contracts: readonly { name: string }[]) => contracts.map(({ name }) => ({ kind, name }));
  return [...named('route', routes), ...named('rpc', rpcs), ...named('job', jobs), ...named('event', heard)];
}

function placesOf(found: readonly Placed[], kind: ContractKind, name: string): string[] {
  return found.filter(({ handler }) => handler.kind === kind && nameOf(handler) === name).map(({ where }) => where);
}

/** The name of the contract; null for what has none. */
function nameOf(handler: Handler): string | null {
  if (handler.kind === 'task' || handler.kind === 'sweep') return null;
  return handler.kind === 'route' ? handler.route.name : handler.contract.name;
}

function countSentence(kind: ContractKind, name: string, places: readonly string[]): string[] {
  if (places.length === 1) return [];
  const what = `The ${kind} ${name}`;
  // A job may have a handler per lane: its subjects are counted instead.
  if (places.length > 1) return kind === 'job' ? [] : [`${what} has ${places.length} handlers (${places.join(', ')}): keep one.`];
  return [
    `${what} has no handler: write a method with @${DECORATORS[kind]}(...) in src/inbound and list its class in module.ts.`,
  ];
}

/** Two handlers on one subject would share its deliveries by chance. */
function sharedSubjects(found: readonly Placed[], config: ServiceConfig): string[] {
  const places = new Map<string, string[]>();
  for (const { handler, where } of found) {
    if (handler.kind !== 'job') continue;
    for (const subject of subjectsOf(handler, config)) places.set(subject, [...(places.get(subject) ?? []), where]);
  }
  return [...places].flatMap(([subject, where]) =>
    where.length > 1 ? [`The job subject ${subject} has ${where.length} handlers (${where.join(', ')}): keep one.`] : [],
  );
}

function unexpected(context: Context, expected: readonly Expected[], found: readonly Placed[]): string[] {
  const known = new Set(expected.map(({ kind, name }) => `${kind} ${name}`));
  return found.flatMap(({ handler, where }) => {
    const name = nameOf(handler);
    if (name === null || known.has(`${handler.kind} ${name}`)) return [];
    const why = handler.kind === 'event' ? `which does not name ${context} in heardBy` : `which ${context} does not own`;
    return [`${where} handles ${name}, ${why}.`];
  });
}
