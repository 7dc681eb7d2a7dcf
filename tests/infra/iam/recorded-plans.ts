import type { PlanInput } from '../../../shared/plan/plan.ts';
import type { Bed, Component } from '../../scenarios/bed.ts';
import { DataTables, places } from '../../scenarios/data-tables.ts';
import type { RecordedPlane } from './recorded-plane.ts';

export const plan = (name: string, components: readonly Component[], over: Partial<PlanInput> = {}): PlanInput => ({
  slipway: 1,
  name,
  target: `test/${name}`,
  onFailure: 'stop',
  phases: [{ name: 'only', components: [...components] }],
  ...over,
});

export const task = (code: Bed['code'], over: Partial<Extract<Component, { kind: 'task' }>> = {}): Component => ({
  name: 'one',
  kind: 'task',
  run: code('step'),
  items: ['a', 'b'],
  retry: { attempts: 0 },
  ...over,
});

export const batch = (code: Bed['code'], over: object = {}): Component =>
  ({
    name: 'places',
    kind: 'batch',
    from: { table: 'places-old' },
    to: { table: 'places-new' },
    transform: { run: code('reshape') },
    segments: 2,
    ...over,
  }) as Component;

/** The tables of `batch`, with places in the one and something of somebody else's in the other. */
export async function prepared(plane: Pick<RecordedPlane, 'dynamodb'>, count = 30): Promise<DataTables> {
  const tables = new DataTables(plane);
  await tables.create('places-old', 'id');
  await tables.create('places-new', 'country', 'id');
  await tables.fill('places-old', places(count));
  await tables.put('places-new', { country: 'NZ', id: 'p00000', note: 'was here before' });
  return tables;
}

/** A check of a figure and one of data, as gates and components may have them. */
export const checks = (code: Bed['code']) => [
  { type: 'function' as const, name: 'figure', run: code('answer'), is: '<=' as const, limit: 3 },
  {
    type: 'data' as const,
    name: 'same',
    from: 'places-old',
    to: 'places-new',
    transform: code('reshape'),
    limit: '100%',
  },
];
