import type { Context } from '@earmark/contracts';
import type { Catalogue } from '@earmark/messaging';
import type { PrismaLike } from '@earmark/service-kit';
import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { z } from 'zod';
import type { ServiceConfig } from './config/environment.js';
import type { AssembledService, PrismaClass, RuntimeParts, Service, ServiceParts } from './service-parts.js';

/** A use-case: one verb over the service's ports. */
type UseCase<Ports> = new (ports: Ports) => object;

/** Everything that tells one service from another; `module.ts` of each app writes it. */
export interface ServiceDefinition<Config extends ServiceConfig, Client extends PrismaLike, Ports extends object> {
  readonly context: Context;
  /** The variables it reads. */
  readonly env: z.ZodType<Config>;
  /** Its generated Prisma client; the runtime makes one. */
  readonly prisma: PrismaClass<Client>;
  /** What its use-cases stand on, made once before anything is served. */
  readonly ports: (parts: ServiceParts<Config, Client>) => Ports | Promise<Ports>;
  /** Each is made with the ports and injected by class into the inbound adapters. */
  readonly useCases: readonly UseCase<NoInfer<Ports>>[];
  /** Inbound adapters: the classes with the `@Handles…`, `@RunsEvery` and `@FindsLostWork` methods. */
  readonly inbound: readonly Type[];
  /** For a service that answers HTTP itself and reads request bodies itself; called before the server listens. */
  readonly http?: (app: NestExpressApplication, ports: NoInfer<Ports>, config: Config) => void;
  /** Tests only: other contracts than the platform's. */
  readonly catalogue?: Catalogue;
}

/** Writes down a service; the types of configuration, ports and use-cases are checked against each other here. */
export function defineService<Config extends ServiceConfig, Client extends PrismaLike, Ports extends object>(
  definition: ServiceDefinition<Config, Client, Ports>,
): Service<Config> {
  const { context, env, inbound, prisma, http, catalogue } = definition;
  const assemble = async (parts: RuntimeParts): Promise<AssembledService> => {
    // The runtime made these parts with this definition's configuration and client.
    const own = parts as unknown as ServiceParts<Config, Client>;
    const ports = await definition.ports(own);
    return {
      useCases: definition.useCases.map((UseCase) => ({ provide: UseCase, useValue: new UseCase(ports) })),
      mountHttp: (app) => http?.(app, ports, own.config),
    };
  };
  return { context, env, inbound, prisma, catalogue, assemble, answersHttp: http !== undefined };
}
