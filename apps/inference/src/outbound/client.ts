import type { TransactionClient, UnitOfWork } from '@earmark/service-kit';
import type { PrismaClient } from './prisma-client/client.js';

/** The unit of work that the stores of this service share. */
export type InferenceUnitOfWork = UnitOfWork<TransactionClient<PrismaClient>>;
