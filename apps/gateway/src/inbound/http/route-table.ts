import type { RouteContract } from '@earmark/contracts';

/** What a method and a path lead to. */
export type Match =
  | { readonly kind: 'route'; readonly route: RouteContract; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'other-method'; readonly allow: readonly string[] }
  | { readonly kind: 'nowhere' };

interface Entry {
  readonly route: RouteContract;
  readonly segments: readonly string[];
}

/** Every route of the catalogue, found by path; a literal segment wins over a parameter. */
export class RouteTable {
  readonly #byLength = new Map<number, Entry[]>();

  constructor(routes: readonly RouteContract[]) {
    for (const route of routes) {
      const segments = route.path.slice(1).split('/');
      const entries = this.#byLength.get(segments.length) ?? [];
      entries.push({ route, segments });
      entries.sort((a, b) => parameterCount(a) - parameterCount(b));
      this.#byLength.set(segments.length, entries);
    }
  }

  /** `path` is what follows `/api/v1`, still percent-encoded, one trailing slash allowed. HEAD is answered as GET. */
  match(method: string, path: string): Match {
    const segments = decoded(path);
    const entries = segments === null ? [] : (this.#byLength.get(segments.length) ?? []);
    const fitting = entries.flatMap((entry) => {
      const params = paramsOf(entry, segments ?? []);
      return params === null ? [] : [{ route: entry.route, params }];
    });
    if (fitting.length === 0) return { kind: 'nowhere' };
    const wanted = method === 'HEAD' ? 'GET' : method;
    const found = fitting.find(({ route }) => route.method === wanted);
    if (found !== undefined) return { kind: 'route', ...found };
    const methods = fitting.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
    return { kind: 'other-method', allow: [...new Set(methods), 'OPTIONS'] };
  }
}

const isParameter = (segment: string): boolean => segment.startsWith('{');
const parameterCount = (entry: Entry): number => entry.segments.filter(isParameter).length;

function decoded(path: string): string[] | null {
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  try {
    return trimmed.slice(1).split('/').map(decodeURIComponent);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

function paramsOf({ segments }: Entry, values: readonly string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = values[index] ?? '';
    if (isParameter(segment)) params[segment.slice(1, -1)] = value;
    else if (segment !== value) return null;
  }
  return params;
}
