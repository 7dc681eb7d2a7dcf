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
  readonly path: string;
  readonly pattern: RegExp;
  readonly byMethod: ReadonlyMap<string, WiredRoute>;
}

/** Finds the route of a request among those of the resource graph. A path without parameters hides one with, as in the document. */
export class Router {
  /** By the number of their parts. */
  readonly #paths: ReadonlyMap<number, readonly Compiled[]>;

  constructor(routes: readonly WiredRoute[]) {
    const compiled = [...Map.groupBy(routes, ({ path }) => path)]
      .map(([path, here]) => ({
        path,
        pattern: patternOf(path),
        byMethod: new Map(here.map((route) => [route.method, route])),
      }))
      .sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')));
    this.#paths = Map.groupBy(compiled, ({ path }) => partsOf(path));
  }

  find(method: string, path: string): Found {
    const nearest = this.#paths.get(partsOf(path))?.find(({ pattern }) => pattern.test(path));
    const route = nearest?.byMethod.get(method);
    if (nearest && route) return { route, parameters: parametersIn(nearest, path) };
    return nearest && { allowed: [...nearest.byMethod.keys()] };
  }
}

const partsOf = (path: string): number => path.split('/').length;

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
