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

/** Something happens on the connection that holds a lock this often, so that no timeout for idle transactions ends it. */
const LOCK_HEARTBEAT_MS = 10_000;
/** A lock is held for at most a day. */
const LONGEST_LOCK_MS = 86_400_000;

interface RawClient {
  $queryRawUnsafe(text: string, ...params: readonly unknown[]): Promise<unknown>;
  $executeRawUnsafe(text: string, ...params: readonly unknown[]): Promise<number>;
}

/** SQL over a unit of work whose client is Prisma's. */
export function sqlOf(uow: UnitOfWork, { lockHeartbeatMs = LOCK_HEARTBEAT_MS } = {}): Sql {
  const raw = (): RawClient => uow.client() as RawClient;
  const query = async <Row>(text: string, ...params: readonly unknown[]): Promise<Row[]> =>
    (await raw().$queryRawUnsafe(text, ...params)) as Row[];
  return {
    query,
    execute: (text, ...params) => raw().$executeRawUnsafe(text, ...params),
    exclusively: (name, work) =>
      uow.outside(() =>
        uow.transaction(
          async () => {
            if (!(await tryLock({ query }, name))) return false;
            await whileBeating(
              () => query('SELECT 1'),
              lockHeartbeatMs,
              () => uow.outside(work),
            );
            return true;
          },
          { timeout: LONGEST_LOCK_MS },
        ),
      ),
  };
}

/** Runs `work` and calls `beat` every `everyMs` meanwhile; throws what `beat` threw, once `work` has ended. */
async function whileBeating(beat: () => Promise<unknown>, everyMs: number, work: () => Promise<void>): Promise<void> {
  let beats: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    beats = beats.then(beat);
    beats.catch(() => undefined); // thrown below
  }, everyMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  await beats;
}

/** Takes the lock `name` until the end of the ambient transaction; false when another transaction has it. */
export async function tryLock(sql: Pick<Sql, 'query'>, name: string): Promise<boolean> {
  const [row] = await sql.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || $1::text, 0)) AS locked',
    `\n${name}`,
  );
  return row?.locked === true;
}
