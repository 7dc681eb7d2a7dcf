import { defineTransform } from '../../shared/plan/define-task.ts';

/** An order as a report knows it: when, where and for how much, not by whom. */
export const toRow = defineTransform(({ id, at, country, cents }) => [
  { id: id ?? null, day: String(at).slice(0, 10), country: country ?? 'unknown', cents: cents ?? 0 },
]);
