import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/get-dashboard/index.ts';
import { ask } from '../api-bed.ts';
import { countingStore } from '../counting-store.ts';
import { rolloutRun } from '../rollout-run.ts';

async function bed(progress = {}) {
  const { deps, runId } = await rolloutRun(2, progress);
  const workflow = { ...deps.workflow, arnOf: (_: string, name: string) => name, describe: async () => undefined };
  return { deps: { ...deps, workflow, scheduler: { ...deps.scheduler, has: async () => false } }, runId };
}
const query = { environment: 'staging' };

describe('get-dashboard', () => {
  it('shows a rollout with its stage and what was found of it', async () => {
    const verdict = { stage: 1, percent: 50, byHand: false, decision: 'hold', reasons: ['Too little traffic.'], checks: [] };
    const { deps, runId } = await bed({ verdict });
    const { status, body } = await ask(create, deps, { query });
    expect(status).toBe(200);
    expect(body.active.runs).toMatchObject([{ id: runId, phases: [{ name: 'only', done: 0, total: 2 }] }]);
    expect(body.active.runs[0].components).toMatchObject([
      { name: 'settle', status: 'pending' },
      { name: 'search', stage: 1, verdict: { decision: 'hold', percent: 50, reasons: ['Too little traffic.'] } },
    ]);
    expect(body.alerts).toEqual({ counts: { critical: 0, warning: 0, info: 0 }, latest: [] });
  });

  it('costs few calls of the store, and shows nothing of another environment', async () => {
    const { deps } = await bed();
    const { store, calls } = countingStore(deps.store);
    await ask(create, { ...deps, store }, { query });
    expect(calls.toSorted()).toEqual(['listIndex', 'listIndex', 'read', 'readMany', 'readMany']);
    expect((await ask(create, deps, { query: { environment: 'production' } })).body.active.runs).toEqual([]);
    expect((await ask(create, deps, { query, roles: ['production:viewer'] })).status).toBe(404);
  });
});
