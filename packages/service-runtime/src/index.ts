export {
  databaseEnv,
  serviceEnv,
  storageEnv,
  type DatabaseConfig,
  type ServiceConfig,
  type StorageConfig,
} from './config/environment.js';
export { ConfigError, parseConfig } from './config/parse-config.js';
export { databaseAdapter } from './database.js';
export { defineService } from './define-service.js';
export { BootError } from './handlers/boot-check.js';
export {
  FindsLostWork,
  HandlesEvent,
  HandlesJob,
  HandlesRoute,
  HandlesRpc,
  RunsEvery,
  type EventMeta,
  type EventOptions,
  type JobOptions,
  type RouteOptions,
  type TaskOptions,
} from './handlers/decorators.js';
export { runService } from './run-service.js';
export type { Service, ServiceParts } from './service-parts.js';
export { startService, type RunningService } from './start-service.js';
export { CLOCK, CONNECTION, IDS, LOGGER, OUTBOX, SQL, UNIT_OF_WORK } from './tokens.js';
