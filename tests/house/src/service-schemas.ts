import { moduleAt } from './repository.js';

/** What a config schema says of one variable. */
export interface Variable {
  /** The value when nothing is given; undefined for a required variable and for one without a default. */
  readonly byDefault: unknown;
  readonly isRequired: boolean;
  /** What the service makes of a text; undefined when it refuses it. */
  readonly parse: (text: string) => unknown;
}

interface FieldSchema {
  safeParse(value: unknown): { success: boolean; data?: unknown };
}

/** Every variable that a service reads, from the schema that its `config.ts` exports as `<service>Env`. */
export async function variablesOf(service: string): Promise<ReadonlyMap<string, Variable>> {
  const name = `${service.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Env`;
  const schema = (await moduleAt(`apps/${service}/dist/config.js`))[name] as { shape: Record<string, FieldSchema> } | undefined;
  if (schema === undefined) throw new Error(`apps/${service}/src/config.ts exports no ${name}.`);
  return new Map(Object.entries(schema.shape).map(([variable, field]) => [variable, describeVariable(field)]));
}

function describeVariable(field: FieldSchema): Variable {
  const absent = field.safeParse(undefined);
  return {
    byDefault: absent.data,
    isRequired: !absent.success,
    parse: (text) => field.safeParse(text).data,
  };
}
