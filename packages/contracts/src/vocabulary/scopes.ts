/** What an API key may do. `admin` includes every other scope. */
export const scopes = ['read', 'write', 'train', 'detect', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** Whether a key with `granted` may call something that needs `needed`. */
export function allows(granted: readonly Scope[], needed: Scope): boolean {
  return granted.includes('admin') || granted.includes(needed);
}
