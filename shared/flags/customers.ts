import { murmur3 } from './murmur3.ts';

/** How many customers each stage has: 1, then 10, then 100, then everybody. */
export const CUSTOMER_STAGES = [1, 10, 100, 'all'] as const;

/** `listed`: as they stand in the list. `hash`: in an order that is each flag's own, whatever the list's. */
export type CustomerOrder = 'listed' | 'hash';

/** The customers of a stage: the first so many of the list, each once. Those of a lower stage are among those of every higher one. */
export function customersAt(flagKey: string, customers: readonly string[], count: number, order: CustomerOrder): string[] {
  const once = [...new Set(customers)];
  if (order === 'listed') return once.slice(0, count);
  const ranked = once.map((name) => ({ name, rank: murmur3(flagKey + name) }));
  ranked.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
  return ranked.slice(0, count).map(({ name }) => name);
}
