import { describe, expect, it } from 'vitest';
import { storePlan } from '../../../../functions/plans.ts';
import { create } from '../../../../functions/prepare-component/index.ts';
import { parsePlanObject } from '../../../../shared/plan/parse-plan.ts';
import { runBed } from '../../shared/run/run-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

async function prepared(component: { name: string; kind: string }) {
  const bed = runBed();
  const deps = memoryDeps(bed.deps);
  const phases = [{ name: 'only', components: [component] }];
  const parsed = parsePlanObject({ slipway: 1, name: 'cities', target: 'staging/cities', phases });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  await storePlan(deps.artefacts, parsed.plan, parsed.digest);
  const plan = { name: 'cities', digest: parsed.digest };
  const run = await bed.admitted({ plan, components: [{ ...component, phase: 'only' }] });
  const event = { runId: run.id, epoch: run.epoch, component: component.name };
  const outcome = await create(deps)(event, { awsRequestId: 'r', getRemainingTimeInMillis: () => 30_000 });
  return { outcome, bed, runId: run.id };
}

const CHECK = { name: 'rows', type: 'data', from: 'cities', to: 'places' };

describe('prepare-component', () => {
  it.each([
    { name: 'pause', kind: 'wait', for: '1h' },
    { name: 'ask', kind: 'approval', prompt: 'go on?' },
    { name: 'look', kind: 'validate', checks: [CHECK] },
  ])('of a $kind has told that it is prepared when it answers: nobody may write its item for a long time', async (component) => {
    const { outcome, bed, runId } = await prepared(component);
    expect(outcome).toMatchObject({ outcome: 'prepared', kind: component.kind });
    const item = `COMPONENT#${component.name}`;
    expect(bed.published.map((event) => [event.item, event.type])).toContainEqual([item, 'rollbackPointCreated']);
    const stored = await bed.store.list(`RUN#${runId}`, { prefix: `EVENT#${item}` });
    expect(stored.items.map(({ type }) => type)).toEqual(['rollbackPointCreated']);
  });
});
