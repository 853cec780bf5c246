import { AsyncLocalStorage } from 'node:async_hooks';

/** The ambient transaction: stores ask for `client()` and so take part in whatever transaction is open. */
export interface UnitOfWork<Client = unknown> {
  /** The open transaction's client, else the plain one. */
  client(): Client;
  /** Runs `work` in one transaction; inside another it joins that one. Rolls back when `work` throws. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Runs `then` once the open transaction has committed (never when it rolls back); at once when none is open. */
  afterCommit(then: () => void): void;
  /** Whether a transaction is open here. */
  inTransaction(): boolean;
  /** Runs `work` outside the ambient transaction, for instance under a lock that another connection holds. */
  outside<T>(work: () => Promise<T>): Promise<T>;
}

/** A Prisma client inside a transaction; the same as the generated `Prisma.TransactionClient`. */
export type TransactionClient<Client> = Omit<Client, '$connect' | '$disconnect' | '$on' | '$use' | '$extends'>;

/** What this package needs of a Prisma client, so that it imports no Prisma. */
export interface PrismaLike {
  $transaction(...args: never[]): unknown;
  $disconnect(): Promise<void>;
}

type BeginTransaction = <T>(work: (client: never) => Promise<T>, options: TransactionOptions) => Promise<T>;

/** Milliseconds: waiting for a connection of the pool, and the longest life of a transaction. */
export interface TransactionOptions {
  readonly maxWait?: number;
  readonly timeout?: number;
}

interface Open<Client> {
  readonly client: Client;
  readonly afterCommit: (() => void)[];
}

const DEFAULTS: TransactionOptions = { maxWait: 10_000, timeout: 120_000 };

/** The unit of work over a Prisma client (read committed; at most 10 s wait for a connection, 120 s of transaction). */
export function prismaUnitOfWork<Client extends PrismaLike>(
  prisma: Client,
  options: TransactionOptions = {},
): UnitOfWork<TransactionClient<Client>> {
  type Inside = TransactionClient<Client>;
  const ambient = new AsyncLocalStorage<Open<Inside> | undefined>();
  const beginTransaction = prisma.$transaction.bind(prisma) as unknown as BeginTransaction;

  const begin = async <T>(work: () => Promise<T>): Promise<T> => {
    const afterCommit: (() => void)[] = [];
    const inside = (client: never): Promise<T> => ambient.run({ client, afterCommit }, work);
    const result = await beginTransaction(inside, { ...DEFAULTS, ...options });
    for (const then of afterCommit) then();
    return result;
  };

  return {
    client: () => ambient.getStore()?.client ?? prisma,
    transaction: (work) => (ambient.getStore() === undefined ? begin(work) : work()),
    afterCommit: (then) => {
      const open = ambient.getStore();
      if (open === undefined) then();
      else open.afterCommit.push(then);
    },
    inTransaction: () => ambient.getStore() !== undefined,
    outside: (work) => ambient.run(undefined, work),
  };
}
