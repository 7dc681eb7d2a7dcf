import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ResourceGraph } from '../../local/graph/resource-graph.ts';

/** The names in the program of all resources, by type; both in order. */
export type Inventory = { readonly [type: string]: readonly string[] };

export const UPDATE = 'npm run inventory';

export const inventoryFile = (stack: string): string =>
  fileURLToPath(new URL(`./fixtures/inventory/${stack}.json`, import.meta.url));

export const readInventory = (stack: string): Inventory => JSON.parse(readFileSync(inventoryFile(stack), 'utf8'));

export function inventoryOf(graph: ResourceGraph): Inventory {
  const types = [...new Set(graph.resources.map(({ type }) => type))].toSorted();
  const namesOf = (type: string) => graph.resources.filter((one) => one.type === type).map(({ name }) => name);
  return Object.fromEntries(types.map((type) => [type, namesOf(type).toSorted()]));
}

/** What is in the one and not in the other, as `type name`. */
export const missingFrom = (there: Inventory, wanted: Inventory): readonly string[] =>
  Object.entries(wanted).flatMap(([type, names]) =>
    names.filter((name) => !there[type]?.includes(name)).map((name) => `${type} ${name}`),
  );
