import { transition, type Transition } from '@earmark/contracts';
import { organisationCreated, organisationDeleted } from '@earmark/contracts/gateway/events';

/** A tenant. Names are unique, so that an operator can use them. */
export interface Organisation {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
}

export function createdOrganisation(organisation: Organisation): Transition<Organisation> {
  return transition(organisation, [organisationCreated.fact({ tenantId: organisation.id, name: organisation.name })]);
}

/** What every service hears, so that what the organisation owned goes too. */
export function deletedOrganisation(organisation: Organisation): Transition<Organisation> {
  return transition(organisation, [organisationDeleted.fact({ tenantId: organisation.id })]);
}
