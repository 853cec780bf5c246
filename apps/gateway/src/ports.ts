import type { Readable } from 'node:stream';
import type { CallContext, RouteContract, RpcContract, RpcResponse, Transition } from '@earmark/contracts';
import type { z } from 'zod';
import type { ApiKey } from './domain/api-key.js';
import type { AuditEntry } from './domain/audit-entry.js';
import type { Organisation } from './domain/organisation.js';
import type { BudgetLease } from './domain/rate-window.js';

/** A page of a list in the order (created_at, id), newest first. */
export interface ListPage {
  readonly offset: number;
  readonly limit: number;
  /** Only what comes after this place; `offset` is 0 then. */
  readonly after: { readonly createdAt: Date; readonly id: string } | null;
}

export interface OrganisationStore {
  /** Stores a new organisation; answers false when the name is taken. */
  add(created: Transition<Organisation>): Promise<boolean>;
  /** Removes the organisation and its keys. */
  remove(deleted: Transition<Organisation>): Promise<void>;
  find(idOrName: string): Promise<Organisation | null>;
  list(): Promise<Organisation[]>;
}

export interface ApiKeyStore {
  add(key: ApiKey): Promise<void>;
  /** Stores a revocation; answers false when the key was revoked meanwhile. */
  saveRevoked(revoked: Transition<ApiKey>): Promise<boolean>;
  /** Any key with this hash, revoked or not. */
  findByHash(hash: string): Promise<ApiKey | null>;
  /** A key that is not revoked. */
  find(tenantId: string, id: string): Promise<ApiKey | null>;
  /** Keys that are not revoked; `total` counts all of them. */
  list(tenantId: string, page: ListPage): Promise<{ keys: ApiKey[]; total: number }>;
  /** Moves `last_used_at` forward; it is no change of the key and makes no facts. */
  markUsed(usedAt: ReadonlyMap<string, Date>): Promise<void>;
}

export interface BudgetStore {
  /** Leases `block` requests of the holder's budget for the current minute. */
  lease(holderId: string, block: number): Promise<BudgetLease>;
}

/** Rows that are kept for a time only. Both delete at most `limit` rows and return how many they found. */
export interface RetentionStore {
  deleteAuditBefore(time: Date, limit: number): Promise<number>;
  deleteBudgetsBefore(time: Date, limit: number): Promise<number>;
}

export interface AuditStore {
  append(entries: readonly AuditEntry[]): Promise<void>;
}

/** Unpredictable bytes for secrets. */
export type RandomBytes = (count: number) => Uint8Array;

/** The services behind the gateway. Both throw Problem. */
export interface Services {
  /** Calls a route's owner with the raw values of the request. */
  call<Route extends RouteContract>(
    route: Route,
    call: RawCall<Route>,
  ): Promise<{ body: z.output<Route['answer']>; etag: string | null }>;
  ask<Contract extends RpcContract>(contract: Contract, request: z.input<Contract['request']>): Promise<RpcResponse<Contract>>;
}

export interface RawCall<Route extends RouteContract = RouteContract> {
  readonly context: CallContext;
  readonly params?: z.input<Route['params']>;
  readonly query?: z.input<Route['query']>;
  readonly body?: z.input<Route['body']>;
}

/** Facts as they are announced, without any promise: what was said while nobody listened is gone. */
export interface Announcements {
  /** Calls `hear` with the payload of every message on the subject (wildcards allowed) until the returned function is called. */
  listen(subject: string, hear: (payload: unknown) => void): () => void;
}

/** One file of a multipart body. The stream must be read to its end before the next file comes. */
export interface IncomingFile {
  readonly filename: string;
  readonly contentType: string;
  readonly stream: Readable;
}
