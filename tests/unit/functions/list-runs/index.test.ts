import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/list-runs/index.ts';
import { runBed } from '../../shared/run/run-bed.ts';
import { ask } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

async function stocked() {
  const bed = runBed();
  const deps = memoryDeps(bed.deps);
  const make = (target: string, actor: string) =>
    bed.admitted({
      target,
      environment: target.split('/')[0] ?? '',
      actor,
      resources: [target],
      plan: { name: actor, digest: 'd' },
    });
  const made = {
    first: await make('staging/one', 'ann'),
    second: await make('production/one', 'ann'),
    third: await make('staging/two', 'bob'),
  };
  const list = async (query: Record<string, string>, roles?: readonly string[]) => {
    const { status, body } = await ask(create, deps, { query, ...(roles ? { roles } : {}) });
    expect(status).toBe(200);
    return { ids: (body.runs as { id: string }[]).map(({ id }) => id), cursor: body.cursor as string | undefined };
  };
  return { ...made, list, deps };
}

describe('list-runs', () => {
  it('lists all, or those that are wanted, the latest first', async () => {
    const { first, second, third, list } = await stocked();
    expect((await list({})).ids).toEqual([third.id, second.id, first.id]);
    expect((await list({ environment: 'staging' })).ids).toEqual([third.id, first.id]);
    expect((await list({ actor: 'ann' })).ids).toEqual([second.id, first.id]);
    expect((await list({ plan: 'bob' })).ids).toEqual([third.id]);
    expect((await list({ target: 'staging/one' })).ids).toEqual([first.id]);
    expect((await list({ status: 'running', environment: 'production' })).ids).toEqual([second.id]);
    expect((await list({ status: 'failed' })).ids).toEqual([]);
  });

  it('fills a page with what is wanted, and goes on behind the last that it looked at', async () => {
    const { first, third, list } = await stocked();
    const page = await list({ environment: 'staging', limit: '1' });
    expect(page.ids).toEqual([third.id]);
    const rest = await list({ environment: 'staging', limit: '1', cursor: page.cursor ?? '' });
    expect(rest.ids).toEqual([first.id]);
  });

  it('tells nobody of runs elsewhere, whatever is wanted', async () => {
    const { first, third, list } = await stocked();
    expect((await list({}, ['staging:viewer'])).ids).toEqual([third.id, first.id]);
    expect((await list({ environment: 'production' }, ['staging:viewer'])).ids).toEqual([]);
    expect((await list({ actor: 'ann' }, ['staging:viewer'])).ids).toEqual([first.id]);
  });

  it('refuses a status that no run has', async () => {
    const { deps } = await stocked();
    expect(await ask(create, deps, { query: { status: 'done' } })).toMatchObject({ status: 422 });
  });
});
