import { type EndpointName, endpoints } from '../../../shared/api/endpoints.ts';
import type { PlanInput } from '../../../shared/plan/plan.ts';
import { GATE_AGE_MS } from '../../../shared/run/gate.ts';
import type { Component } from '../../scenarios/bed.ts';
import { eventsLost } from './events-lost.ts';
import type { Recordings } from './recorded-plane.ts';
import { batch, checks, plan, prepared, task } from './recorded-plans.ts';

const ask: Component = { name: 'ask', kind: 'approval', prompt: 'May we?' };

/** Plans of tasks that wait, are changed and are refused. No step is given less than ten seconds: where code is deployed, it may take them. */
export const STEPS: Recordings = {
  'limits that one run reaches': async (plane, code) => {
    const { limits, rev } = await plane.call('get-limits', {});
    await plane.call('put-limits', { limits: { ...limits, atOnce: 1 }, ifRev: rev });
    const first = await plane.startRun(plan('first', [task(code, { input: { holdAt: 'b' } as never })]));
    await plane.until(first, ({ status }) => status === 'running');
    const second = await plane.startRun(plan('second', [task(code)]));
    await plane.until(second, ({ turn }) => turn !== undefined);
    await plane.call('list-runs', {});
    await plane.put('go');
    await plane.ended(second);
    await plane.call('put-limits', { limits, ifRev: rev + 1 });
  },
  'a pause, a changed plan and a retry': async (plane, code) => {
    await prepared(plane);
    const held = (input: object) => {
      const copied: PlanInput['phases'][number] = { name: 'then', after: ['only'], components: [batch(code)] };
      const held = plan('held', [task(code, { input: input as never, items: ['a', 'b', 'c'] })]);
      return { ...held, phases: [...held.phases, copied] };
    };
    const runId = await plane.startRun(held({ holdAt: 'a' }));
    await plane.until(runId, ({ components }) => components[0]?.underWay !== undefined);
    await plane.call('pause-run', { runId });
    const wished = performance.now();
    await plane.until(runId, () => performance.now() - wished > GATE_AGE_MS);
    await plane.put('go');
    await plane.ended(runId);
    await plane.put('broken');
    const changed = plane.source(held({ failAt: 'c' }));
    await plane.call('resume-run', { runId, ...changed, acceptPlanChange: true });
    await plane.ended(runId);
    await plane.remove('broken');
    await plane.call('retry-run', { runId, ...plane.source(held({})), acceptPlanChange: true });
    await plane.ended(runId);
  },
  'a lock that is broken': async (plane, code) => {
    const runId = await plane.startRun(plan('broken', [task(code, { input: { holdAt: 'a' } as never, timeout: '10s' })]));
    await plane.until(runId, ({ components }) => components[0]?.underWay !== undefined);
    await plane.call('list-locks', {});
    await plane.call('list-audit', {});
    await plane.call('verify-audit', {});
    const resource = 'target:test/broken';
    // Its effect is under way, so that the run is seized and the lock is kept.
    const { status } = await plane.send('break-lock', { runId, resource, confirm: resource, reason: 'not now' });
    if (status !== 409) throw new Error(`The lock was broken under a step: ${status}.`);
    await plane.put('go');
  },
  'approvals and checks of data': async (plane, code) => {
    await plane.put('figure.txt', '3');
    await prepared(plane);
    const phases: PlanInput['phases'] = [
      { name: 'first', components: [ask, { ...ask, name: 'again' }] },
      {
        name: 'second',
        after: ['first'],
        components: [{ name: 'look', kind: 'validate', checks: checks(code) }],
        validate: checks(code),
      },
    ];
    const runId = await plane.startRun(plan('asked', [], { phases }));
    await plane.until(runId, ({ components }) => components.filter(({ approval }) => approval).length === 2);
    for (const component of ['ask', 'again']) await plane.call('decide-approval', { runId, component, decision: 'approve' });
    await plane.ended(runId);
  },
  'events whose writer died before they were put': async (plane, code) => {
    const runId = await plane.startRun(plan('untold', [task(code)]));
    await plane.ended(runId);
    for (const name of ['get-timeline', 'get-run-events'] as const) {
      await eventsLost(plane, runId);
      await plane.call(name, { runId });
    }
  },
  'an old credential of a secret that nobody rotates': async (plane) => {
    await plane.invoke('revoke-secret', { secretId: 'unknown', token: 'none', since: 0 }).catch(() => undefined);
  },
  'a stranger who is let do nothing': async (plane, code) => {
    const stranger = await plane.tokenOf();
    const runId = await plane.startRun(plan('seen', [task(code)]));
    await plane.ended(runId);
    // Each refusal is kept by the function that was asked.
    for (const [name, { example }] of Object.entries(endpoints)) {
      const input = { ...(example.input as object), ...('runId' in (example.input as object) ? { runId } : {}) };
      const { status } = await plane.send(name as EndpointName, input as never, stranger);
      if (status < 400 || status > 404) throw new Error(`${name} answered a stranger with ${status}.`);
    }
  },
};
