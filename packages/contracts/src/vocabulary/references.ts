import { z } from 'zod';
import { Uuid } from './values.js';

/** What a file belongs to, opaque to its keeper: a kind that the owner chose, and an id. Null when the kind says enough. */
export const Reference = z.object({ kind: z.string().regex(/^[a-z][a-z-]*$/), id: Uuid.nullable() });
export type Reference = z.output<typeof Reference>;

/** Who needs something that another service keeps: while it is pinned for a holder it cannot be deleted by itself. */
export const Holder = z.object({ kind: z.string().regex(/^[a-z][a-z-]*$/), id: Uuid });
export type Holder = z.output<typeof Holder>;

/** A holder and whose it is, as reconciliation sees it. */
export const TenantHolder = z.object({ tenantId: Uuid, id: Uuid });
export type TenantHolder = z.output<typeof TenantHolder>;

/** The kinds that the platform's services use. */
export const referenceKinds = { dataset: 'dataset', inference: 'inference', tenant: 'tenant' } as const;
export const holderKinds = {
  annotationSet: 'annotation-set',
  trainingJob: 'training-job',
  inferenceJob: 'inference-job',
} as const;
