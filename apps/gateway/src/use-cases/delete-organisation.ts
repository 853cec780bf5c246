import { Problem } from '@earmark/contracts';
import { deletedOrganisation, type Organisation } from '../domain/organisation.js';
import type { OrganisationStore } from '../ports.js';

/** Deletes an organisation and its keys; the other services hear of it and delete what it owned. Problem `not_found`. */
export class DeleteOrganisation {
  constructor(private readonly ports: { organisations: OrganisationStore }) {}

  async execute(idOrName: string): Promise<Organisation> {
    const organisation = await this.ports.organisations.find(idOrName);
    if (organisation === null) throw new Problem('not_found', `There is no organisation "${idOrName}".`);
    await this.ports.organisations.remove(deletedOrganisation(organisation));
    return organisation;
  }
}
