import type { Context, EventContract, JobContract, RouteContract, RpcContract } from '@earmark/contracts';
import { allEvents, allJobs, ownedBy } from '@earmark/contracts/catalogue';

/** The contracts that topology, doors and the boot check are made from. */
export interface Catalogue {
  readonly events: readonly EventContract[];
  readonly jobs: readonly JobContract[];
  ownedBy(context: Context): {
    readonly routes: readonly RouteContract[];
    readonly rpcs: readonly RpcContract[];
    readonly jobs: readonly JobContract[];
  };
}

/** The platform's catalogue. */
export const platformCatalogue: Catalogue = { events: allEvents, jobs: allJobs, ownedBy };
