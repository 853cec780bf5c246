import { Problem } from '@earmark/contracts';

/**
 * Refuses a write whose `If-Match` (without quotes; `*` matches anything, null was not sent) names another version.
 * Throws precondition_failed.
 */
export function requireMatch(ifMatch: string | null, version: number): void {
  if (ifMatch === null || ifMatch === '*' || ifMatch === String(version)) return;
  throw new Problem('precondition_failed', `It has changed meanwhile (version ${version}); read it again and repeat the change.`);
}
