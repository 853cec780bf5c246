import type { Holder, TenantHolder } from '@earmark/contracts';
import type { SetPinStore } from '../ports.js';

/** Gives up what a holder has pinned, and says who holds what. */
export class UnpinAnnotationSets {
  constructor(private readonly ports: { readonly setPins: SetPinStore }) {}

  /** Returns how many pins there were. */
  execute(tenantId: string, holder: Holder): Promise<number> {
    return this.ports.setPins.unpin(tenantId, holder);
  }

  /** Holders of a kind with pins older than a time, by id. */
  holders(page: Parameters<SetPinStore['listHolders']>[0]): Promise<TenantHolder[]> {
    return this.ports.setPins.listHolders(page);
  }
}
