import type { AddressInfo } from 'node:net';
import type { Context } from '@earmark/contracts';
import { ConnectionState, type NatsConnection, platformCatalogue } from '@earmark/messaging';
import { createLogger, type Logger, type PrismaLike, type ServiceConfig, type Sql, type UnitOfWork } from '@earmark/service-kit';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { checkDoors } from './boot-check.js';
import { ContractServer } from './contract-server.js';
import { DoorRegistry, type FoundDoor } from './door-registry.js';
import { nestLogger } from './nest-logger.js';
import type { ServiceOptions, Sweep } from './service-options.js';
import { ServiceRuntime } from './service-runtime.js';
import { CONNECTION, LOGGER, PRISMA, SERVICE_OPTIONS, SQL, UNIT_OF_WORK } from './tokens.js';

export interface RunOptions {
  readonly context: Context;
  /** The service's own module, which imports ServiceModule. */
  readonly module: Type;
  readonly config: ServiceConfig;
  /** Called before the HTTP server listens: body parsers, upgrades, global filters (the gateway). */
  readonly http?: (app: NestExpressApplication) => void | Promise<void>;
  /** False when `http` brings its own body parsers. */
  readonly bodyParser?: boolean;
}

export interface RunningService {
  readonly app: NestExpressApplication;
  /** `http://host:port` of the health and whatever other routes. */
  readonly url: string;
  /** Stops pulling, finishes or gives back what is in hand, drains, closes. */
  stop(): Promise<void>;
}

/** Starts a service in this process and resolves when it serves; throws BootError when a contract has no handler or two. */
export async function startService({ context, module, config, http, bodyParser = true }: RunOptions): Promise<RunningService> {
  const logger = nestLogger(createLogger({ service: context, level: config.LOG_LEVEL }));
  const options = { logger, abortOnError: false, bodyParser, forceCloseConnections: true };
  const app = await NestFactory.create<NestExpressApplication>(module, options);
  app.disable('x-powered-by');
  try {
    await http?.(app);
    return await serve(app, context, config);
  } catch (error) {
    await close(app);
    throw error;
  }
}

async function serve(app: NestExpressApplication, context: Context, config: ServiceConfig): Promise<RunningService> {
  const connection = app.get<NatsConnection>(CONNECTION);
  const logger = app.get<Logger>(LOGGER);
  const options = app.get<ServiceOptions>(SERVICE_OPTIONS);
  const runtime = app.get(ServiceRuntime);
  const doors = app.get(DoorRegistry).find();
  checkDoors(context, options.catalogue ?? platformCatalogue, doors, config);
  app.connectMicroservice({ strategy: new ContractServer({ connection, queue: context, logger }) });
  await app.startAllMicroservices();
  await app.listen(config.PORT, config.HOST);
  await runtime.start(doors, sweepsOf(app, options));
  const url = urlOf(app, config.HOST);
  logger.info({ url, doors: countByKind(doors) }, 'ready');
  let stopped: Promise<void> | undefined;
  return { app, url, stop: () => (stopped ??= runtime.stop().then(() => close(app))) };
}

async function close(app: INestApplicationContext): Promise<void> {
  const connection = app.get<NatsConnection>(CONNECTION);
  const prisma = app.get<PrismaLike>(PRISMA);
  await app.close();
  await drain(connection);
  await prisma.$disconnect();
}

/** Draining waits for the server, which may be away: then nothing is left to drain. */
async function drain(connection: NatsConnection): Promise<void> {
  if (connection.isClosed()) return;
  if (ConnectionState.of(connection).connected) await connection.drain();
  else await connection.close();
}

function sweepsOf(app: INestApplicationContext, { sweeps = [] }: ServiceOptions): readonly Sweep[] {
  if (typeof sweeps !== 'function') return sweeps;
  return sweeps({
    sql: app.get<Sql>(SQL),
    uow: app.get<UnitOfWork>(UNIT_OF_WORK),
    get: (token) => app.get(token, { strict: false }),
  });
}

function urlOf(app: NestExpressApplication, host: string): string {
  const { port } = app.getHttpServer().address() as AddressInfo;
  return `http://${host}:${port}`;
}

function countByKind(doors: readonly FoundDoor[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { door } of doors) counts[door.kind] = (counts[door.kind] ?? 0) + 1;
  return counts;
}
