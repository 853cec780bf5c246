/** `context.action` in kebab-case: the context is the service that owns the contract. */
export type ContractName = `${string}.${string}`;

export type Context = 'gateway' | 'catalog' | 'ingest' | 'trainer' | 'model-registry' | 'inference';

export const contexts: readonly Context[] = ['gateway', 'catalog', 'ingest', 'trainer', 'model-registry', 'inference'];

const NAME = /^([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)$/;

/** Splits a contract name into its owner and action; throws at import time when the name is not `context.action`. */
export function parseName(name: ContractName): { context: Context; action: string } {
  const match = NAME.exec(name);
  const context = contexts.find((known) => known === match?.[1]);
  const action = match?.[2];
  if (context === undefined || action === undefined)
    throw new Error(`"${name}" is not a contract name of the form context.action`);
  return { context, action };
}
