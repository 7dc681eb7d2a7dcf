import type { WiredRoute } from '../graph/wiring.ts';

export interface Matched {
  readonly route: WiredRoute;
  readonly parameters: { readonly [name: string]: string };
}

export type Found =
  | Matched
  /** The path exists, with these methods. */
  | { readonly allowed: readonly string[] }
  | undefined;

interface Compiled {
  readonly route: WiredRoute;
  readonly pattern: RegExp;
}

/** Finds the route of a request among those of the resource graph. A path without parameters hides one with, as in the document. */
export class Router {
  readonly #routes: readonly Compiled[];

  constructor(routes: readonly WiredRoute[]) {
    this.#routes = routes
      .map((route) => ({ route, pattern: patternOf(route.path) }))
      .sort((a, b) => Number(a.route.path.includes('{')) - Number(b.route.path.includes('{')));
  }

  find(method: string, path: string): Found {
    const nearest = this.#routes.find(({ pattern }) => pattern.test(path));
    const here = this.#routes.filter(({ route }) => route.path === nearest?.route.path);
    const match = here.find(({ route }) => route.method === method);
    if (match) return { route: match.route, parameters: parametersIn(match, path) };
    return nearest && { allowed: here.map(({ route }) => route.method) };
  }
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);

function parametersIn({ pattern }: Compiled, path: string): Record<string, string> {
  const groups = pattern.exec(path)?.groups ?? {};
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decoded(value)]));
}

/** A broken escape stands for itself: it will fit no identifier. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
