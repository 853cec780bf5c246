/** Something a service says on a stream: a fact (event) or a request for work (job). Built by a contract, saved to the outbox, published by the relay. */
export interface Message {
  readonly kind: 'event' | 'job';
  readonly name: string;
  readonly subject: string;
  readonly payload: unknown;
}

/** New state and what happened: the only thing a store can save. State and messages leave in one transaction. */
export interface Transition<State> {
  readonly next: State;
  readonly facts: readonly Message[];
}

/** Pairs a new state with the messages that describe how it came about. */
export function transition<State>(next: State, facts: readonly Message[] = []): Transition<State> {
  return { next, facts };
}
