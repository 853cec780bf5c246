import type { Holder } from '@earmark/contracts';
import type { PinStore } from '../ports.js';

/** Gives up what was kept for a holder. */
export class UnpinAudio {
  constructor(private readonly ports: { readonly pins: PinStore }) {}

  /** Returns how many pins there were; only those of one claim, or made before a time, if given. */
  execute(tenantId: string, holder: Holder, only: { claimId?: string; madeBefore?: Date } = {}): Promise<number> {
    return this.ports.pins.unpin(tenantId, holder, only);
  }
}
