import { OutboxRelay, RpcClient } from '@earmark/messaging';
import { IdempotencyLedger, Inbox, Outbox } from '@earmark/service-kit';
import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { AssembledService, RuntimeParts } from './service-parts.js';
import { HandlerRegistry } from './handlers/handler-registry.js';
import { HealthController } from './health.controller.js';
import { ServiceRuntime } from './service-runtime.js';
import { CLOCK, CONNECTION, IDS, LOGGER, OUTBOX, PARTS, SQL, UNIT_OF_WORK } from './tokens.js';

/** Where Nest's `@Controller()` leaves its mark. */
const CONTROLLER = '__controller__';

/** A service as Nest sees it: its inbound adapters, and by injection its use-cases and parts. */
@Module({})
export class ServiceModule {
  static of(parts: RuntimeParts, { useCases }: AssembledService): DynamicModule {
    const { inbound } = parts.service;
    const isController = (adapter: Type): boolean => Reflect.getMetadata(CONTROLLER, adapter) === true;
    return {
      module: ServiceModule,
      imports: [DiscoveryModule],
      controllers: [HealthController, ...inbound.filter(isController)],
      providers: [
        ...[...partProviders(parts), ...useCases, HandlerRegistry],
        ...inbound.filter((adapter) => !isController(adapter)),
      ],
    };
  }
}

function partProviders(parts: RuntimeParts): Provider[] {
  return [
    { provide: PARTS, useValue: parts },
    { provide: CLOCK, useValue: parts.clock },
    { provide: IDS, useValue: parts.ids },
    { provide: LOGGER, useValue: parts.logger },
    { provide: CONNECTION, useValue: parts.connection },
    { provide: UNIT_OF_WORK, useValue: parts.uow },
    { provide: SQL, useValue: parts.sql },
    { provide: OUTBOX, useValue: parts.outbox },
    { provide: Outbox, useValue: parts.outbox },
    { provide: OutboxRelay, useValue: parts.relay },
    { provide: Inbox, useValue: parts.inbox },
    { provide: IdempotencyLedger, useValue: parts.ledger },
    { provide: RpcClient, useValue: parts.rpc },
    { provide: ServiceRuntime, useValue: new ServiceRuntime(parts) },
  ];
}
