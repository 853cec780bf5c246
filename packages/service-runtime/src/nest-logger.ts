import type { Logger } from '@earmark/service-kit';
import type { LoggerService } from '@nestjs/common';

/** Nest's own lines in the service's log; its chatter about routes and modules only at level debug. */
export function nestLogger(logger: Logger): LoggerService {
  const fieldsOf = (rest: unknown[]): { from: unknown; stack?: unknown } => {
    const from = rest.at(-1);
    return rest.length > 1 ? { from, stack: rest[0] } : { from };
  };
  const text = (message: unknown): string => (message instanceof Error ? message.message : String(message));
  const errorOf = (message: unknown): { error?: unknown } => (message instanceof Error ? { error: message } : {});
  return {
    log: (message, ...rest: unknown[]) => logger.debug(fieldsOf(rest), text(message)),
    verbose: (message, ...rest: unknown[]) => logger.debug(fieldsOf(rest), text(message)),
    debug: (message, ...rest: unknown[]) => logger.debug(fieldsOf(rest), text(message)),
    warn: (message, ...rest: unknown[]) => logger.warn(fieldsOf(rest), text(message)),
    error: (message, ...rest: unknown[]) => logger.error({ ...fieldsOf(rest), ...errorOf(message) }, text(message)),
    fatal: (message, ...rest: unknown[]) => logger.error({ ...fieldsOf(rest), ...errorOf(message) }, text(message)),
  };
}
