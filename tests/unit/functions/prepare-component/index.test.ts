import { describe, expect, it } from 'vitest';
import { storePlan } from '../../../../functions/plans.ts';
import { create } from '../../../../functions/prepare-component/index.ts';
import { parsePlanObject } from '../../../../shared/plan/parse-plan.ts';
import type { FlagDocument } from '../../../../shared/run/flag-state.ts';
import { putFlag } from '../../../../shared/run/put-flag.ts';
import { runBed } from '../../shared/run/run-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

async function prepared(component: { name: string; kind: string; flag?: string }, document: FlagDocument = {}) {
  const bed = runBed();
  const deps = memoryDeps(bed.deps);
  const flags = component.flag === undefined ? [] : [component.flag];
  for (const key of flags) await putFlag(deps, { environment: 'staging', key, document, actor: 'ada', reason: 'begin' });
  const phases = [{ name: 'only', components: [component] }];
  const parsed = parsePlanObject({ slipway: 1, name: 'cities', target: 'staging/cities', phases });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  await storePlan(deps.artefacts, parsed.plan, parsed.digest);
  const plan = { name: 'cities', digest: parsed.digest };
  const run = await bed.admitted({ plan, flags, components: [{ ...component, phase: 'only' }] });
  const event = { runId: run.id, epoch: run.epoch, component: component.name };
  const outcome = await create(deps)(event, { awsRequestId: 'r', getRemainingTimeInMillis: () => 30_000 });
  return { outcome, bed, runId: run.id };
}

const ON_OFF = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };
const SPLIT = { fractional: ['on', 'off'].map((side) => [side, 50]) };
const MANY = Array.from({ length: 5000 }, (_, n) => `customer-${n}`);
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

  it.each([
    ['is disabled', { ...ON_OFF, state: 'DISABLED' }, {}, /cannot be at 1 %: The flag is disabled/],
    ['has two splits', { ...ON_OFF, targeting: { if: [{ var: 'a' }, SPLIT, SPLIT] } }, {}, /has 2 splits/],
    ['lacks a variant', ON_OFF, { to: 'new' }, /has no variant new; it has on, off/],
    ['could not be kept', ON_OFF, { customers: { list: MANY, stages: [1] } }, /with 5000 customers; at most 64000 are kept/],
  ])('of a rollout is refused before anything where its flag %s', async (_, document, more, why) => {
    const rollout = { name: 'search', kind: 'rollout', flag: 'new-search', ...more };
    const { outcome, bed, runId } = await prepared(rollout, document);
    expect(outcome).toMatchObject({ outcome: 'failed', message: expect.stringMatching(why) });
    expect(await bed.store.read({ pk: `RUN#${runId}`, sk: 'COMPONENT#search' })).toBeUndefined();
  });
});
