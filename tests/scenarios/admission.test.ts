import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { DataTables } from './data-tables.ts';
import { embeddedBed } from './embedded-bed.ts';
import { lockScenarios } from './lock-scenarios.ts';
import { Plane } from './plane.ts';

lockScenarios(embeddedBed);

const plan: PlanInput = {
  slipway: 1,
  name: 'steps',
  target: 'test/steps',
  phases: [{ name: 'only', components: [{ name: 'one', kind: 'task', run: './tasks.ts#step' }] }],
};

describe('a plan with problems', () => {
  it('is refused with all of them at once, by line and column and with the nearest name', async () => {
    const plane = await Plane.start();
    const text = [
      'slipway: 1',
      'name: steps',
      'target: test/steps',
      'phases:',
      '  - name: only',
      '    components:',
      '      - { name: one, kind: task, run: ./tasks.ts#stepp }',
      '      - { name: two, kind: tusk, run: ./nowhere.ts#step }',
      '    colour: red',
    ].join('\n');
    const source = { plan: { text, file: 'plan.yaml' }, baseDir: plane.baseDir };
    const refused = await plane.refused('start-run', source);
    expect(refused).toMatchObject({ status: 422, code: 'PLAN_INVALID' });
    expect(refused.problems?.map(({ code, line, suggestion }) => [code, line, suggestion])).toEqual(
      expect.arrayContaining([
        ['UNKNOWN_FUNCTION', 7, './tasks.ts#step'],
        ['UNKNOWN_KIND', 8, 'task'],
        ['UNKNOWN_KEY', 9, undefined],
      ]),
    );
    expect((await plane.call('list-runs', {})).runs).toEqual([]);
    expect(await plane.call('validate-plan', source)).toMatchObject({ valid: false, problems: refused.problems });
  });

  it('names tables that do not exist, and the nearest that does', async () => {
    const plane = await Plane.start();
    await new DataTables(plane).create('nowhere-old', 'id');
    const component = {
      kind: 'batch',
      from: { table: 'nowhere-odl' },
      to: { table: 'there' },
      transform: { run: './tasks.ts#reshape' },
    };
    const phases = [{ name: 'only', components: [{ name: 'one', ...component }] }] as PlanInput['phases'];
    const refused = await plane.refused('start-run', plane.source({ ...plan, phases }));
    expect(refused.problems?.map(({ code, path, suggestion }) => [code, path.at(-2), suggestion])).toEqual([
      ['UNKNOWN_TABLE', 'from', 'nowhere-old'],
      ['UNKNOWN_TABLE', 'to', undefined],
    ]);
  });
});
