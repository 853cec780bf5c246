import type { CallContext } from '@earmark/contracts';
import type { SetAddress } from '../ports.js';

/** The annotation set that a call's path names. */
export function addressOf(call: {
  readonly context: CallContext;
  readonly params: { readonly dataset_id: string; readonly annotation_set_id: string };
}): SetAddress {
  const { context, params } = call;
  return { tenantId: context.tenantId, datasetId: params.dataset_id, annotationSetId: params.annotation_set_id };
}
