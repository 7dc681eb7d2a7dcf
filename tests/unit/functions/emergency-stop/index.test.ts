import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/emergency-stop/index.ts';
import { create as getFlag } from '../../../../functions/get-flag/index.ts';
import { create as listAudit } from '../../../../functions/list-audit/index.ts';
import { create as verifyAudit } from '../../../../functions/verify-audit/index.ts';
import { haltKey } from '../../../../shared/run/keys.ts';
import { runBed } from '../../shared/run/run-bed.ts';
import { ask, ON_OFF, put } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

async function stocked() {
  const bed = runBed();
  const deps = memoryDeps(bed.deps);
  await put(deps, 'search', ON_OFF, { environment: 'staging' });
  await put(deps, 'free', ON_OFF, { environment: 'staging' });
  const shifting = await bed.admitted({ target: 'staging/search', flags: ['search'], resources: ['flag:search'] });
  const plain = await bed.admitted({ target: 'staging/other', resources: ['c'] });
  const elsewhere = await bed.admitted({ target: 'production/cities', environment: 'production', resources: ['d'] });
  return { ...bed, deps, shifting, plain, elsewhere };
}

const body = { environment: 'staging', reason: 'fire' };

describe('emergency-stop', () => {
  it('lists the flags that went back and the runs that go back, of that environment alone', async () => {
    const { deps, run, shifting, plain, elsewhere } = await stocked();
    const found = await ask(create, deps, { body });
    expect(found.status).toBe(200);
    expect(found.body).toMatchObject({ environment: 'staging', halted: true, flags: ['search'], problems: [] });
    expect(found.body.runs.toSorted()).toEqual([shifting.id, plain.id].sort());
    for (const { id } of [shifting, plain]) expect((await run(id)).direction).toBe('back');
    expect((await run(elsewhere.id)).direction).toBe('forward');
    const flag = await ask(getFlag, deps, { path: { key: 'search' }, query: { environment: 'staging' } });
    expect(flag.body.tripped).toMatchObject({ by: 'ada', reason: 'fire' });
  });

  it('is in force until it is lifted, and lifting it brings nothing forward', async () => {
    const { deps, item, run, shifting } = await stocked();
    await ask(create, deps, { body });
    expect(await item(haltKey('staging'))).toMatchObject({ active: true, actor: 'ada', reason: 'fire' });
    const lifted = await ask(create, deps, { body: { ...body, reason: 'out', lift: true } });
    expect(lifted.body).toEqual({ environment: 'staging', halted: false, flags: [], runs: [], problems: [] });
    expect(await item(haltKey('staging'))).toMatchObject({ active: false });
    expect((await run(shifting.id)).direction).toBe('back');
  });

  it('is in the audit trail with who set and who lifted it, also where there was nothing to stop', async () => {
    const bed = runBed();
    const deps = memoryDeps(bed.deps);
    await ask(create, deps, { body });
    await ask(create, deps, { body: { ...body, reason: 'out', lift: true } });
    await ask(create, deps, { body: { ...body, reason: 'again' } });
    const { entries } = (await ask(listAudit, deps, { query: { actor: 'ada' } })).body;
    expect(entries).toMatchObject([
      { type: 'haltSet', of: 'HALT#staging', environment: 'staging', data: { reason: 'again' } },
      { type: 'haltLifted', environment: 'staging', data: { reason: 'out' } },
      { type: 'haltSet', environment: 'staging', data: { reason: 'fire' } },
    ]);
    const verified = await ask(verifyAudit, deps, { query: { of: 'HALT#staging' } });
    expect(verified.body).toEqual({ items: [{ of: 'HALT#staging', environment: 'staging', events: 3, broken: [] }] });
  });

  it('is in force also where the bus is away, and says what could not be told', async () => {
    const { deps, item } = await stocked();
    const away = { ...deps, events: { publish: () => Promise.reject(new Error('The bus is away')) } };
    const found = await ask(create, away, { body });
    expect(found.body.problems).toContain('audit trail: The bus is away');
    expect(found.body).toMatchObject({ halted: true });
    expect(await item(haltKey('staging'))).toMatchObject({ active: true });
  });

  it('needs the table alone: a rollback that cannot be started is named as a problem, or is left to reconcile', async () => {
    const { deps, run, workflow, shifting } = await stocked();
    workflow.start = () => Promise.reject(new Error('Step Functions is away'));
    const found = await ask(create, deps, { body });
    expect(found.body).toMatchObject({ halted: true, flags: ['search'] });
    expect((await run(shifting.id)).status).toBe('rolling-back');
  });

  it('wants a reason', async () => {
    expect(await ask(create, memoryDeps(), { body: { environment: 'staging' } })).toMatchObject({ status: 422 });
  });
});
