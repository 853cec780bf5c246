import type { TenantHolder } from '@earmark/contracts';
import type { IdPage, PinStore, ReferenceStore } from '../ports.js';

interface Ports {
  readonly pins: PinStore;
  readonly references: ReferenceStore;
}

/** Who keeps files here, so that their owners can find what they no longer know of. */
export class ListHolders {
  constructor(private readonly ports: Ports) {}

  ofPins(page: IdPage): Promise<TenantHolder[]> {
    return this.ports.pins.listHolders(page);
  }

  ofFiles(page: IdPage): Promise<TenantHolder[]> {
    return this.ports.references.list(page);
  }
}
