import { Problem } from '@earmark/contracts';
import type { ApiKey } from '../domain/api-key.js';
import type { CallSlots, LeaveSlot } from './call-slots.js';
import type { RateFigures, SpendBudget } from './spend-budget.js';

type Caller = Pick<ApiKey, 'id' | 'tenantId'>;

interface Ports {
  readonly keyBudget: SpendBudget;
  readonly organisationBudget: SpendBudget;
  /** Of organisations, for calls that are over soon. */
  readonly calls: CallSlots;
  /** Of organisations, for uploads: they take as long as their sender needs. */
  readonly uploads: CallSlots;
  /** Of keys, for event streams. */
  readonly streams: CallSlots;
}

/** How long a call may hold what it is given: a moment, as long as its sender takes, or until the client goes. */
export type CallKind = 'call' | 'upload' | 'stream';

export interface Admission {
  /** The tighter of both budgets, for the headers; null when the call was turned away before a budget was asked. */
  readonly figures: RateFigures | null;
  /** Why the call may not go on. */
  readonly refusal: Problem | null;
  /** To be called when the call is over. */
  readonly leave: LeaveSlot;
}

const BUSY_SECONDS = 1;
const nothingToLeave = (): void => undefined;

/**
 * Whether a call may go on: the budgets of its key and of its organisation (all keys together), then a slot among the calls in flight.
 * An organisation that floods waits in its own line; what is refused has cost no query.
 */
export class AdmitCall {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Drops the budgets of minutes that are over; called now and then, so that callers of the past cost nothing. */
  dropOldBudgets(): void {
    this.#ports.keyBudget.dropOld();
    this.#ports.organisationBudget.dropOld();
  }

  /** A refusal that needs nobody to be asked, because a budget is known to be used up or the line is full; else null. */
  refuseEarly(caller: Caller, kind: CallKind): Admission | null {
    const { keyBudget, organisationBudget } = this.#ports;
    const ofKey = keyBudget.usedUp(caller.id);
    if (ofKey !== null) return refused(overBudget('API key', ofKey), ofKey);
    const ofOrganisation = organisationBudget.usedUp(caller.tenantId);
    if (ofOrganisation !== null) return refused(overBudget('organisation', ofOrganisation), ofOrganisation);
    const { slots, holderId } = this.#slotsOf(caller, kind);
    return slots.isFull(holderId) ? refused(tooManyAtOnce(kind), null) : null;
  }

  /** Spends one request of both budgets and waits for a slot. */
  async execute(caller: Caller, kind: CallKind): Promise<Admission> {
    const early = this.refuseEarly(caller, kind);
    if (early !== null) return early;
    const { keyBudget, organisationBudget } = this.#ports;
    const ofKey = await keyBudget.execute(caller.id);
    if (!ofKey.allowed) return refused(overBudget('API key', ofKey.figures), ofKey.figures);
    // After the key's: a key in a loop must not use up what the organisation's other keys share.
    const ofOrganisation = await organisationBudget.execute(caller.tenantId);
    if (!ofOrganisation.allowed) return refused(overBudget('organisation', ofOrganisation.figures), ofOrganisation.figures);
    const figures = tighter(ofKey.figures, ofOrganisation.figures);
    const { slots, holderId } = this.#slotsOf(caller, kind);
    const leave = await slots.enter(holderId);
    return leave === null ? refused(tooManyAtOnce(kind), figures) : { figures, refusal: null, leave };
  }

  #slotsOf({ id, tenantId }: Caller, kind: CallKind): { slots: CallSlots; holderId: string } {
    const { calls, uploads, streams } = this.#ports;
    if (kind === 'stream') return { slots: streams, holderId: id };
    return { slots: kind === 'upload' ? uploads : calls, holderId: tenantId };
  }
}

const refused = (refusal: Problem, figures: RateFigures | null): Admission => ({ refusal, figures, leave: nothingToLeave });

const tighter = (a: RateFigures, b: RateFigures): RateFigures => (b.remaining < a.remaining ? b : a);

function overBudget(holder: 'API key' | 'organisation', { limit, resetSeconds }: RateFigures): Problem {
  const detail = `The ${holder} has made its ${limit} requests of this minute; try again in ${resetSeconds} s.`;
  return new Problem('rate_limited', detail, { retryAfterSeconds: resetSeconds });
}

const WHAT: Readonly<Record<CallKind, string>> = {
  call: 'The organisation has too many requests under way simultaneously',
  upload: 'The organisation has too many uploads under way simultaneously',
  stream: 'The API key has too many event streams open',
};

function tooManyAtOnce(kind: CallKind): Problem {
  const detail = `${WHAT[kind]}; try again in ${BUSY_SECONDS} s.`;
  return new Problem('rate_limited', detail, { retryAfterSeconds: BUSY_SECONDS });
}
