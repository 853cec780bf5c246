import { Problem, scopes } from '@earmark/contracts';
import type { Clock, IdSource, UnitOfWork } from '@earmark/service-kit';
import { createdOrganisation, type Organisation } from '../domain/organisation.js';
import type { OrganisationStore } from '../ports.js';
import type { CreateApiKey } from './create-api-key.js';

interface Ports {
  readonly organisations: OrganisationStore;
  readonly createApiKey: CreateApiKey;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly uow: UnitOfWork;
}

/** Creates an organisation with a first key that may do everything; problem `conflict` when the name is taken. */
export class CreateOrganisation {
  constructor(private readonly ports: Ports) {}

  execute(name: string): Promise<{ organisation: Organisation; keyText: string }> {
    const { organisations, createApiKey, clock, ids, uow } = this.ports;
    const organisation = { id: ids.next(), name, createdAt: clock.now() };
    return uow.transaction(async () => {
      if (!(await organisations.add(createdOrganisation(organisation))))
        throw new Problem('conflict', `There is already an organisation named "${name}".`);
      const { text } = await createApiKey.execute({ tenantId: organisation.id, name: 'first key', scopes, expiresAt: null });
      return { organisation, keyText: text };
    });
  }
}
