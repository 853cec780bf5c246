import { createLogger, type Logger } from '@earmark/service-kit';
import type { ServiceConfig } from './config/environment.js';
import { parseConfig } from './config/parse-config.js';
import type { Service } from './service-parts.js';
import { BootError } from './handlers/boot-check.js';
import { startService, type RunningService } from './start-service.js';

/** A second signal while stopping ends the process at once. */
const EXIT_ON_BUG = 1;

/**
 * The main of a service: reads its environment, starts it, stops it on SIGTERM or SIGINT and ends the process. A service that cannot start prints why and
 * exits with code 1. Rejections nobody caught are logged and survived; exceptions nobody caught are logged and fatal.
 */
export async function runService<Config extends ServiceConfig>(service: Service<Config>): Promise<void> {
  const config = parseConfig(service.env);
  const logger = createLogger({ service: service.context, level: config.LOG_LEVEL });
  process.on('unhandledRejection', (error) => logger.error({ error }, 'a rejection was not handled: this is a bug'));
  process.on('uncaughtException', (error) => {
    logger.error({ error }, 'an exception was not caught: the process ends');
    process.exit(EXIT_ON_BUG);
  });
  try {
    stopOnSignals(await startService(service, config), logger);
  } catch (error) {
    if (error instanceof BootError) for (const sentence of error.sentences) console.error(sentence);
    else logger.error({ error }, 'the service could not start');
    process.exit(EXIT_ON_BUG);
  }
}

function stopOnSignals(service: RunningService, logger: Logger): void {
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) process.exit(EXIT_ON_BUG);
    stopping = true;
    logger.info({ signal }, 'stopping');
    service.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ error }, 'stopping failed');
        process.exit(EXIT_ON_BUG);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
