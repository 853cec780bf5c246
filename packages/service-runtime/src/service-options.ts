import type { Context, Message } from '@earmark/contracts';
import type { Catalogue } from '@earmark/messaging';
import type { PrismaLike, ServiceConfig, Sql, UnitOfWork } from '@earmark/service-kit';
import type { InjectionToken } from '@nestjs/common';

/** Finds work that nobody holds and that may have lost its message. */
export interface Sweep {
  readonly name: string;
  /** 30 s unless given. */
  readonly everyMs?: number;
  /**
   * A job message for every row that is not terminal, not leased and older than a few seconds. Messages whose queue still has deliveries
   * waiting or in hand are dropped (except every 10 minutes), so that a backlog is not multiplied.
   */
  find(): Promise<Message[]>;
}

export interface SweepTools {
  readonly sql: Sql;
  readonly uow: UnitOfWork;
  /** Something of the service's module, such as a store. */
  get<T>(token: InjectionToken<T>): T;
}

export interface ServiceOptions {
  readonly context: Context;
  readonly config: ServiceConfig;
  readonly createPrisma: () => PrismaLike;
  readonly sweeps?: readonly Sweep[] | ((tools: SweepTools) => readonly Sweep[]);
  /** Tests only: other contracts than the platform's. */
  readonly catalogue?: Catalogue;
}
