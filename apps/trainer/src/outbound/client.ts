import { PrismaPg } from '@prisma/adapter-pg';
import type { TransactionClient, UnitOfWork } from '@earmark/service-kit';
import { PrismaClient } from './prisma-client/client.js';

/** The unit of work that the stores of this service share. */
export type TrainerUnitOfWork = UnitOfWork<TransactionClient<PrismaClient>>;

/** A client for this service's schema, which `databaseUrl` names in `?schema=`. */
export function createPrisma(databaseUrl: string): PrismaClient {
  const schema = new URL(databaseUrl).searchParams.get('schema');
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl }, schema === null ? {} : { schema }) });
}
