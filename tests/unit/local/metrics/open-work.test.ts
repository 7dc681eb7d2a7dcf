import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { MemoryStore } from '../../../../adapters/memory/store.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { OpenWork } from '../../../../local/metrics/open-work.ts';
import type { Value } from '../../../../shared/ports/store.ts';
import { ACTIVE } from '../../../../shared/run/run-state.ts';

it('tells what is open now: runs, executions, locks by the status of their holders', async () => {
  const store = new MemoryStore();
  const clock = new VirtualClock();
  const registry = new Registry();
  const executions = ['run', 'component', 'component'];
  const work = new OpenWork(registry, { store, clock, executions: async () => executions, machines: ['run', 'rollback'] });
  const put = (pk: string, sk: string, set: { [name: string]: Value }) =>
    store.write({ name: 'put', key: { pk, sk }, set, when: [] });
  const run = (id: string, status: string) => {
    const open = ACTIVE.has(status as 'running') ? { open: 'run', openSort: id } : {};
    return put(`RUN#${id}`, 'RUN', { id, status, ...open });
  };
  const lock = (name: string, holder: string, since: number) =>
    put(`LOCK#${name}`, 'LOCK', { holder, since, open: 'lock', openSort: holder });
  const read = async () => {
    await work.refresh();
    const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return lines.map((line) => line.replace(/^slipway_/, ''));
  };

  await run('r1', 'running');
  await run('r2', 'failed');
  const since = clock.now();
  await lock('a', 'r1', since);
  for (const name of Array.from({ length: 130 }, (_, n) => `b${n}`)) await lock(name, 'r2', since + 5000);
  await lock('c', 'gone', since);
  await clock.advanceTo(since + 60_000);
  expect(await read()).toEqual([
    'runs{status="queued"} 0',
    'runs{status="running"} 1',
    'runs{status="pausing"} 0',
    'runs{status="awaiting-approval"} 0',
    'runs{status="rolling-back"} 0',
    'queue_depth 0',
    'locks_held{run_status="unknown"} 1',
    'locks_held{run_status="running"} 1',
    'locks_held{run_status="failed"} 130',
    'lock_oldest_age_seconds{run_status="unknown"} 60',
    'lock_oldest_age_seconds{run_status="running"} 60',
    'lock_oldest_age_seconds{run_status="failed"} 55',
    'executions_open{machine="run"} 1',
    'executions_open{machine="rollback"} 0',
    'executions_open{machine="component"} 2',
  ]);

  await store.write({ name: 'free', key: { pk: 'LOCK#a', sk: 'LOCK' }, remove: ['open', 'openSort', 'holder'], when: [] });
  expect((await read()).filter((line) => line.includes('run_status="running"'))).toEqual([]);
});
