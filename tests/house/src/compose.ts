import { read, readYaml } from './repository.js';

export interface ComposeService {
  readonly image: string;
  readonly pull_policy?: string;
  readonly mem_limit?: string;
  readonly build?: {
    readonly dockerfile: string;
    readonly target: string;
    readonly context: string;
    readonly args: Record<string, string>;
  };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

export const composeFile = (name: string): ComposeFile => readYaml(`infra/compose/${name}`) as ComposeFile;

/** `${NAME:-default}` and `${NAME:?complaint}`; a default may hold one variable of its own. */
const VARIABLE = /\$\{(\w+)(:-|:\?)((?:[^${}]|\$\{[^{}]*\})*)\}/g;

/** The variables of a compose file: name to default; null where compose refuses to go on without a value. */
export function interpolations(name: string): ReadonlyMap<string, string | null> {
  const found = variablesIn(read(`infra/compose/${name}`));
  return new Map(found.map(([variable, operator, rest]) => [variable, operator === ':-' ? interpolate(rest, new Map()) : null]));
}

const variablesIn = (text: string): [name: string, operator: string, rest: string][] =>
  [...text.matchAll(VARIABLE)].flatMap(([, name = '', operator = '', rest = '']) => [
    [name, operator, rest],
    ...variablesIn(rest),
  ]);

/** What compose makes of a text with `values`; throws on a variable that is required and missing. */
export function interpolate(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(VARIABLE, (_, variable: string, operator: string, rest: string) => {
    const value = values.get(variable) ?? '';
    if (value !== '') return value;
    if (operator === ':?') throw new Error(`${variable}: ${rest}`);
    return interpolate(rest, values);
  });
}

export interface EnvExample {
  /** Lines that must be given. */
  readonly given: ReadonlyMap<string, string>;
  /** Commented lines: defaults, empty where the default depends on the machine. */
  readonly defaults: ReadonlyMap<string, string>;
}

/** Reads a file of `NAME=value`, `#NAME=default` and `# comment` lines. Throws on a name that comes twice. */
export function envExample(file: string): EnvExample {
  const [given, defaults] = [new Map<string, string>(), new Map<string, string>()];
  for (const line of read(file).split('\n')) {
    const [, mark, name, value = ''] = /^(#?)([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    if (given.has(name) || defaults.has(name)) throw new Error(`${file} has ${name} twice.`);
    (mark === '#' ? defaults : given).set(name, value);
  }
  return { given, defaults };
}
