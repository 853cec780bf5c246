import type { Answer, CallInput } from './call.js';
import type { jsonRoutes } from './routes.js';

type Routes = typeof jsonRoutes;

/** What a named route answers. */
export type AnswerOf<Name extends keyof Routes> = Answer<Routes[Name]>;

/** One method for every JSON route; a call of which nothing is required may be left out. */
export type Methods = {
  readonly [Name in keyof Routes]: Record<never, never> extends CallInput<Routes[Name]>
    ? (input?: CallInput<Routes[Name]>) => Promise<AnswerOf<Name>>
    : (input: CallInput<Routes[Name]>) => Promise<AnswerOf<Name>>;
};
