import { z } from 'zod';

/** A variable of the environment is missing or malformed; the message has one sentence per variable. */
export class ConfigError extends Error {
  constructor(readonly sentences: readonly string[]) {
    super(sentences.join('\n'));
    this.name = 'ConfigError';
  }
}

/** EX_CONFIG of sysexits.h: tells a supervisor that starting again will not help. */
const EXIT_CODE = 78;

/** Parses the environment by `schema` and freezes the result; throws ConfigError with one sentence per wrong variable. */
export function readConfig<Schema extends z.ZodType>(schema: Schema, env: NodeJS.ProcessEnv): z.output<Schema> {
  const parsed = schema.safeParse(withoutEmpty(env));
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(sentence));
  return Object.freeze(parsed.data) as z.output<Schema>;
}

/**
 * Parses the environment once, at the start of a process. With `env` given it throws ConfigError; without, it reads the process's own
 * environment, and a wrong one ends the process with code 78 after printing one sentence per variable.
 */
export function parseConfig<Schema extends z.ZodType>(schema: Schema, env?: NodeJS.ProcessEnv): z.output<Schema> {
  if (env !== undefined) return readConfig(schema, env);
  try {
    return readConfig(schema, process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const line of error.sentences) console.error(line);
    return process.exit(EXIT_CODE);
  }
}

/** `NAME=` in a shell or a manifest means "not set". */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

function sentence(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')}: ${issue.message}.`;
}
