import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { handlerOf, type Handler } from './handler-metadata.js';

/** A handler method of the service, bound to its instance. */
export interface FoundHandler<Kind extends Handler = Handler> {
  readonly handler: Kind;
  /** `Class.method`, for sentences. */
  readonly where: string;
  readonly call: (...args: unknown[]) => Promise<unknown>;
}

/** A handler method of one kind. */
export type FoundOf<Kind extends Handler['kind']> = FoundHandler<Extract<Handler, { kind: Kind }>>;

type Method = (...args: unknown[]) => Promise<unknown>;

/** Those of one kind. */
export function ofKind<Kind extends Handler['kind']>(kind: Kind, found: readonly FoundHandler[]): FoundOf<Kind>[] {
  return found.filter((one): one is FoundOf<Kind> => one.handler.kind === kind);
}

/** Finds the handler methods of all providers and controllers. */
@Injectable()
export class HandlerRegistry {
  readonly #scanner = new MetadataScanner();
  readonly #discovery: DiscoveryService;

  constructor(@Inject(DiscoveryService) discovery: DiscoveryService) {
    this.#discovery = discovery;
  }

  find(): FoundHandler[] {
    const wrappers = [...this.#discovery.getProviders(), ...this.#discovery.getControllers()];
    const instances = new Set(wrappers.map((wrapper) => wrapper.instance as unknown).filter(isObject));
    return [...instances].flatMap((instance) => this.#handlersOf(instance));
  }

  #handlersOf(instance: object): FoundHandler[] {
    const prototype = Object.getPrototypeOf(instance) as Record<string, unknown> | null;
    if (prototype === null || prototype === Object.prototype) return [];
    return this.#scanner.getAllMethodNames(prototype).flatMap((name) => {
      const method = prototype[name];
      const handler = typeof method === 'function' ? handlerOf(method) : undefined;
      if (handler === undefined) return [];
      const where = `${instance.constructor.name}.${name}`;
      return [{ handler, where, call: (method as Method).bind(instance) }];
    });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
