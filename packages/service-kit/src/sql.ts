import type { UnitOfWork } from './unit-of-work.js';

/** Plain SQL in the ambient transaction. Parameters are `$1`, `$2` …: cast them in the text (`$1::uuid`), never concatenate. */
export interface Sql {
  query<Row>(text: string, ...params: readonly unknown[]): Promise<Row[]>;
  /** Returns the number of rows touched. */
  execute(text: string, ...params: readonly unknown[]): Promise<number>;
  /**
   * Runs `work` while a connection of its own holds the database-wide lock `name`; returns false without running it when another
   * process holds the lock. `work` runs outside any transaction and opens its own.
   */
  exclusively(name: string, work: () => Promise<void>): Promise<boolean>;
}

interface RawClient {
  $queryRawUnsafe(text: string, ...params: readonly unknown[]): Promise<unknown>;
  $executeRawUnsafe(text: string, ...params: readonly unknown[]): Promise<number>;
}

/** SQL over a unit of work whose client is Prisma's. */
export function sqlOf(uow: UnitOfWork): Sql {
  const raw = (): RawClient => uow.client() as RawClient;
  const query = async <Row>(text: string, ...params: readonly unknown[]): Promise<Row[]> =>
    (await raw().$queryRawUnsafe(text, ...params)) as Row[];
  return {
    query,
    execute: (text, ...params) => raw().$executeRawUnsafe(text, ...params),
    exclusively: (name, work) =>
      uow.outside(() =>
        uow.transaction(async () => {
          if (!(await tryLock({ query }, name))) return false;
          await uow.outside(work);
          return true;
        }),
      ),
  };
}

/** Takes the lock `name` until the end of the ambient transaction; false when another transaction has it. */
export async function tryLock(sql: Pick<Sql, 'query'>, name: string): Promise<boolean> {
  const [row] = await sql.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || $1::text, 0)) AS locked',
    `\n${name}`,
  );
  return row?.locked === true;
}
