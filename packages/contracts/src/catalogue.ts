import { catalogEvents } from './catalog/events.js';
import { catalogRoutes } from './catalog/routes.js';
import { catalogRpcs } from './catalog/rpcs.js';
import { gatewayEvents } from './gateway/events.js';
import { gatewayRoutes } from './gateway/routes.js';
import { inferenceEvents } from './inference/events.js';
import { inferenceJobs } from './inference/jobs.js';
import { inferenceRoutes } from './inference/routes.js';
import { ingestEvents } from './ingest/events.js';
import { ingestJobs } from './ingest/jobs.js';
import { ingestRpcs } from './ingest/rpcs.js';
import type { EventContract } from './kernel/define-event.js';
import type { JobContract } from './kernel/define-job.js';
import type { RouteContract } from './kernel/define-route.js';
import type { RpcContract } from './kernel/define-rpc.js';
import type { Context } from './kernel/names.js';
import { modelRegistryEvents } from './model-registry/events.js';
import { modelRegistryRoutes } from './model-registry/routes.js';
import { modelRegistryRpcs } from './model-registry/rpcs.js';
import { trainerEvents } from './trainer/events.js';
import { trainerJobs } from './trainer/jobs.js';
import { trainerRoutes } from './trainer/routes.js';

/** Every contract of the platform: what topology, documents, boot checks and contract tests are made from. */
export const allEvents: readonly EventContract[] = [
  ...gatewayEvents,
  ...catalogEvents,
  ...ingestEvents,
  ...trainerEvents,
  ...modelRegistryEvents,
  ...inferenceEvents,
];

// A contract's `request`/`subjectOf` take that contract's own payload; the catalogue only reads names, subjects and schemas.
export const allJobs = [...ingestJobs, ...trainerJobs, ...inferenceJobs] as unknown as readonly JobContract[];

export const allRpcs: readonly RpcContract[] = [...catalogRpcs, ...ingestRpcs, ...modelRegistryRpcs];

/** Every REST route by its operation id. */
export const routes = {
  ...gatewayRoutes,
  ...catalogRoutes,
  ...trainerRoutes,
  ...modelRegistryRoutes,
  ...inferenceRoutes,
} as const;

export const allRoutes: readonly RouteContract[] = Object.values(routes);

/** Routes that the gateway answers itself instead of asking their owner. */
export const answeredByGateway: readonly string[] = [routes.uploadAudio.name, routes.watchTrainingJob.name];

/** Everything a service must have exactly one handler for. */
export function ownedBy(context: Context): { routes: RouteContract[]; rpcs: RpcContract[]; jobs: JobContract[] } {
  return {
    routes: allRoutes.filter((route) => route.context === context && !answeredByGateway.includes(route.name)),
    rpcs: allRpcs.filter((rpc) => rpc.context === context),
    jobs: allJobs.filter((job) => job.context === context),
  };
}
