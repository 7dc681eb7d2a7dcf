import { RunError } from '@pulumi/pulumi';

const PLACEHOLDER = /\$\{(function|machine):([a-z0-9-]+)\}/g;

export interface References {
  readonly functions: readonly string[];
  readonly machines: readonly string[];
}

/** The functions and machines that a definition names, each once. */
export function referencesOf(definition: string): References {
  const found = [...definition.matchAll(PLACEHOLDER)];
  const names = (kind: string) => [...new Set(found.filter((match) => match[1] === kind).map((match) => match[2] ?? ''))];
  return { functions: names('function'), machines: names('machine') };
}

/** Refuses a definition that names other functions or machines than its catalog entry. */
export function checkReferences(machine: string, definition: string, declared: References): void {
  const named = referencesOf(definition);
  for (const kind of ['functions', 'machines'] as const) {
    const unknown = named[kind].filter((name) => !declared[kind].includes(name));
    if (unknown.length > 0) {
      throw new RunError(
        `statemachines/${machine}.asl.json names ${kind} that its entry in statemachines/catalog.ts does not: ` +
          `${unknown.join(', ')}. Add them to the entry, or mend the placeholder.`,
      );
    }
  }
}

/** Puts ARNs in the place of `${function:<name>}` and `${machine:<name>}`. */
export function substitute(
  definition: string,
  arns: { readonly functions: ReadonlyMap<string, string>; readonly machines: ReadonlyMap<string, string> },
): string {
  return definition.replace(PLACEHOLDER, (placeholder, kind: string, name: string) => {
    const arn = (kind === 'function' ? arns.functions : arns.machines).get(name);
    if (arn === undefined) throw new RunError(`Nothing is known to stand for ${placeholder}.`);
    return arn;
  });
}

/** Whether a distributed Map is anywhere in it: such a machine starts executions of itself. */
export function hasDistributedMap(definition: string): boolean {
  let found = false;
  JSON.parse(definition, (key, value: unknown) => {
    if (key === 'Mode' && value === 'DISTRIBUTED') found = true;
    return value;
  });
  return found;
}
