import type { AddressInfo } from 'node:net';
import { platformCatalogue } from '@earmark/messaging';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { ServiceConfig } from './config/environment.js';
import { ContractServer } from './contract-server.js';
import type { RuntimeParts, Service } from './service-parts.js';
import { checkHandlers } from './handlers/boot-check.js';
import { HandlerRegistry, type FoundHandler } from './handlers/handler-registry.js';
import { HttpDrain } from './http-drain.js';
import { nestLogger } from './nest-logger.js';
import { ServiceModule } from './service-module.js';
import { connectParts } from './connect-parts.js';
import { ServiceRuntime } from './service-runtime.js';

export interface RunningService {
  readonly app: NestExpressApplication;
  /** `http://host:port` of the health routes and whatever else the service answers. */
  readonly url: string;
  /** Stops pulling, finishes or gives back what is in hand, drains, closes. */
  stop(): Promise<void>;
}

/** Starts a service in this process and resolves when it serves; throws BootError when a contract has no handler or two. */
export async function startService<Config extends ServiceConfig>(
  service: Service<Config>,
  config: Config,
): Promise<RunningService> {
  const parts = await connectParts(service, config);
  const drain = new HttpDrain();
  let app: NestExpressApplication | undefined;
  try {
    app = await createApp(parts, drain);
    return await serve(app, parts, drain);
  } catch (error) {
    await app?.close();
    await parts.close();
    throw error;
  }
}

async function createApp(parts: RuntimeParts, drain: HttpDrain): Promise<NestExpressApplication> {
  const { service, logger } = parts;
  const assembled = await service.assemble(parts);
  const app = await NestFactory.create<NestExpressApplication>(ServiceModule.of(parts, assembled), {
    logger: nestLogger(logger),
    abortOnError: false,
    bodyParser: !service.answersHttp,
  });
  app.disable('x-powered-by');
  app.use(drain.track);
  assembled.mountHttp(app);
  return app;
}

async function serve(app: NestExpressApplication, parts: RuntimeParts, drain: HttpDrain): Promise<RunningService> {
  const { service, config, connection, logger } = parts;
  const found = app.get(HandlerRegistry).find();
  checkHandlers(service.context, service.catalogue ?? platformCatalogue, found, config);
  app.connectMicroservice({ strategy: new ContractServer({ connection, queue: service.context, logger }) });
  await app.startAllMicroservices();
  await app.listen(config.PORT, config.HOST);
  await app.get(ServiceRuntime).start(found);
  const url = urlOf(app, config.HOST);
  logger.info({ url, handlers: countByKind(found) }, 'ready');
  let stopped: Promise<void> | undefined;
  return { app, url, stop: () => (stopped ??= stop(app, parts, drain)) };
}

/** First nobody is sent here any more, then what is in hand is answered, then what it left behind is stored, then all is closed. */
async function stop(app: NestExpressApplication, parts: RuntimeParts, drain: HttpDrain): Promise<void> {
  const { SHUTDOWN_NOTICE_MS, SHUTDOWN_GRACE_MS } = parts.config;
  const runtime = app.get(ServiceRuntime);
  runtime.announceStop();
  drain.begin();
  await new Promise((resolve) => setTimeout(resolve, SHUTDOWN_NOTICE_MS));
  await Promise.all([runtime.stop(), drain.finish(app.getHttpServer(), SHUTDOWN_GRACE_MS)]);
  await app.close();
  await runtime.finish();
  await parts.close();
}

function urlOf(app: NestExpressApplication, host: string): string {
  const { port } = app.getHttpServer().address() as AddressInfo;
  return `http://${host}:${port}`;
}

function countByKind(found: readonly FoundHandler[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { handler } of found) counts[handler.kind] = (counts[handler.kind] ?? 0) + 1;
  return counts;
}
