import type { Clause, Item } from '../../shared/ports/store.ts';

/** Whether every clause holds for the item, as DynamoDB decides: types matter, and an absent attribute equals nothing. */
export const holds = (item: Item | undefined, clauses: readonly Clause[]): boolean =>
  clauses.every((clause) => test(item, clause));

const test = (item: Item | undefined, clause: Clause): boolean => {
  if (clause.test === 'any') return clause.of.some((one) => test(item, one));
  const found = item?.[clause.attribute];
  switch (clause.test) {
    case 'absent':
      return found === undefined;
    case 'equals':
      return found === clause.value;
    case 'notEquals':
      return found !== clause.value;
    case 'lessThan':
      return typeof found === 'number' && found < clause.value;
  }
};
