import { Uuid, type Transition } from '@earmark/contracts';
import type { Outbox } from '@earmark/service-kit';
import type { Organisation } from '../domain/organisation.js';
import type { OrganisationStore } from '../ports.js';
import type { GatewayUnitOfWork } from './client.js';

export class PrismaOrganisationStore implements OrganisationStore {
  constructor(private readonly ports: { uow: GatewayUnitOfWork; outbox: Outbox }) {}

  add({ next, facts }: Transition<Organisation>): Promise<boolean> {
    return this.ports.uow.transaction(async () => {
      const { count } = await this.#rows.createMany({ data: [next], skipDuplicates: true });
      if (count === 1) await this.ports.outbox.append(facts);
      return count === 1;
    });
  }

  async remove({ next, facts }: Transition<Organisation>): Promise<void> {
    await this.ports.uow.transaction(async () => {
      const { count } = await this.#rows.deleteMany({ where: { id: next.id } });
      if (count === 1) await this.ports.outbox.append(facts);
    });
  }

  find(idOrName: string): Promise<Organisation | null> {
    const isId = Uuid.safeParse(idOrName).success;
    return this.#rows.findFirst({ where: isId ? { OR: [{ id: idOrName }, { name: idOrName }] } : { name: idOrName } });
  }

  list(): Promise<Organisation[]> {
    return this.#rows.findMany({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  }

  get #rows() {
    return this.ports.uow.client().organisation;
  }
}
