import { AsyncLocalStorage } from 'node:async_hooks';

/** The ambient transaction: stores ask for `client()` and so take part in whatever transaction is open. */
export interface UnitOfWork<Client = unknown> {
  /** The open transaction's client, else the plain one. */
  client(): Client;
  /** Runs `work` in one transaction; inside another it joins that one. Rolls back when `work` throws. */
  transaction<T>(work: () => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Runs `then` once the open transaction has committed (never when it rolls back); at once when none is open. */
  afterCommit(then: () => void): void;
  /** Whether a transaction is open here. */
  inTransaction(): boolean;
  /** Runs `work` outside the ambient transaction, for instance under a lock that another connection holds. */
  outside<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Runs `work` with one transaction that begins when `work` first asks for one (at the latest when it has ended) and commits after
   * `around.end`. What `work` does before, such as asking other services, holds no connection. Throws inside a transaction.
   */
  deferred<T>(around: DeferredHooks<T>, work: () => Promise<T>): Promise<T>;
}

/** What happens in a deferred transaction first and last; what either throws rolls it back and is thrown by `deferred`. */
export interface DeferredHooks<T> {
  readonly begin: () => Promise<void>;
  readonly end: (result: T) => Promise<void>;
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

/** Where code runs: in an open transaction, or in a deferred one that is not open yet. */
interface Scope<Client> {
  open: Open<Client> | undefined;
  readonly start?: () => Promise<void>;
}

const DEFAULTS: TransactionOptions = { maxWait: 10_000, timeout: 120_000 };

/** The unit of work over a Prisma client (read committed; at most 10 s wait for a connection, 120 s of transaction). */
export function prismaUnitOfWork<Client extends PrismaLike>(
  prisma: Client,
  options: TransactionOptions = {},
): UnitOfWork<TransactionClient<Client>> {
  return new PrismaUnitOfWork(prisma, { ...DEFAULTS, ...options });
}

class PrismaUnitOfWork<Client extends PrismaLike> implements UnitOfWork<TransactionClient<Client>> {
  readonly #ambient = new AsyncLocalStorage<Scope<TransactionClient<Client>> | undefined>();
  readonly #prisma: Client;
  readonly #options: TransactionOptions;

  constructor(prisma: Client, options: TransactionOptions) {
    this.#prisma = prisma;
    this.#options = options;
  }

  client(): TransactionClient<Client> {
    return this.#ambient.getStore()?.open?.client ?? this.#prisma;
  }

  async transaction<T>(work: () => Promise<T>, options?: TransactionOptions): Promise<T> {
    const scope = this.#ambient.getStore();
    if (scope === undefined) return this.#open({ open: undefined }, work, options);
    if (scope.open === undefined) await scope.start?.();
    return work();
  }

  afterCommit(then: () => void): void {
    const open = this.#ambient.getStore()?.open;
    if (open === undefined) then();
    else open.afterCommit.push(then);
  }

  inTransaction(): boolean {
    return this.#ambient.getStore()?.open !== undefined;
  }

  outside<T>(work: () => Promise<T>): Promise<T> {
    return this.#ambient.run(undefined, work);
  }

  async deferred<T>({ begin, end }: DeferredHooks<T>, work: () => Promise<T>): Promise<T> {
    if (this.#ambient.getStore() !== undefined) throw new Error('A deferred transaction cannot begin inside a transaction.');
    const result = settleable<T>();
    let transaction: { readonly begun: Promise<void>; readonly committed: Promise<T> } | undefined;
    const start = () =>
      (transaction ??= this.#start(scope, begin, async () => {
        const value = await result.promise;
        await end(value);
        return value;
      }));
    const scope: Scope<TransactionClient<Client>> = { open: undefined, start: () => start().begun };
    try {
      result.resolve(await this.#ambient.run(scope, work));
    } catch (error) {
      if (transaction === undefined) throw error;
      result.reject(error);
    }
    return start().committed;
  }

  /** Opens the transaction of `scope`; `begun` settles when `first` has run in it, `committed` when `rest` has and all is written. */
  #start<T>(scope: Scope<TransactionClient<Client>>, first: () => Promise<void>, rest: () => Promise<T>) {
    const begun = settleable<void>();
    const committed = this.#open(scope, async () => {
      await first();
      begun.resolve();
      return rest();
    });
    committed.catch((error: unknown) => begun.reject(error));
    return { begun: begun.promise, committed };
  }

  async #open<T>(scope: Scope<TransactionClient<Client>>, work: () => Promise<T>, options?: TransactionOptions): Promise<T> {
    const afterCommit: (() => void)[] = [];
    const begin = this.#prisma.$transaction.bind(this.#prisma) as unknown as BeginTransaction;
    const inside = (client: never): Promise<T> => {
      scope.open = { client, afterCommit };
      return this.#ambient.run(scope, work);
    };
    const result = await begin(inside, { ...this.#options, ...options });
    for (const then of afterCommit) then();
    return result;
  }
}

interface Settleable<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** A promise that is settled from outside; nobody has to wait for it. */
function settleable<T>(): Settleable<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((resolveIt, rejectIt) => {
    resolve = resolveIt;
    reject = rejectIt;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
