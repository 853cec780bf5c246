import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { doorOf, type Door } from './door-metadata.js';

/** A handler method of the service, bound to its instance. */
export interface FoundDoor {
  readonly door: Door;
  /** `Class.method`, for sentences. */
  readonly where: string;
  readonly call: (...args: unknown[]) => Promise<unknown>;
}

type Method = (...args: unknown[]) => Promise<unknown>;

/** Finds the handler methods of all providers and controllers. */
@Injectable()
export class DoorRegistry {
  readonly #scanner = new MetadataScanner();

  constructor(@Inject(DiscoveryService) private readonly discovery: DiscoveryService) {}

  find(): FoundDoor[] {
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    const instances = new Set(wrappers.map((wrapper) => wrapper.instance as unknown).filter(isObject));
    return [...instances].flatMap((instance) => this.#doorsOf(instance));
  }

  #doorsOf(instance: object): FoundDoor[] {
    const prototype = Object.getPrototypeOf(instance) as Record<string, unknown> | null;
    if (prototype === null || prototype === Object.prototype) return [];
    return this.#scanner.getAllMethodNames(prototype).flatMap((name) => {
      const method = prototype[name];
      const door = typeof method === 'function' ? doorOf(method) : undefined;
      if (door === undefined) return [];
      const where = `${instance.constructor.name}.${name}`;
      return [{ door, where, call: (method as Method).bind(instance) }];
    });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
