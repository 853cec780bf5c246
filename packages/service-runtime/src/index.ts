export { BootError } from './boot-check.js';
export {
  HandlesEvent,
  HandlesJob,
  HandlesRoute,
  HandlesRpc,
  type EventMeta,
  type JobDoorOptions,
  type RouteDoorOptions,
} from './doors.js';
export { runService } from './run-service.js';
export { ServiceModule } from './service-module.js';
export type { ServiceOptions, Sweep, SweepTools } from './service-options.js';
export { startService, type RunningService, type RunOptions } from './start-service.js';
export { CLOCK, CONNECTION, IDS, LOGGER, OUTBOX, PRISMA, SQL, UNIT_OF_WORK, WORKER_ID } from './tokens.js';
