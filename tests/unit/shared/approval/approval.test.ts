import { describe, expect, it } from 'vitest';
import { decideApproval, expireApproval } from '../../../../shared/approval/decide-approval.ts';
import { requestApproval } from '../../../../shared/approval/request-approval.ts';
import { RunStateError, SupersededError } from '../../../../shared/errors/run-errors.ts';
import { component } from '../../../../shared/plan/component.ts';
import type { ApprovalComponent } from '../../../../shared/plan/plan.ts';
import { goBack, pauseRun } from '../../../../shared/run/command-run.ts';
import { loadRun } from '../../../../shared/run/run-access.ts';
import { seizeItems } from '../../../../shared/run/take-over.ts';
import { runWorld } from '../task/run-world.ts';

const approval = (over: object = {}): ApprovalComponent =>
  component.parse({ kind: 'approval', name: 'go', prompt: 'Delete the old table?', expires: '1h', ...over }) as ApprovalComponent;

const yes = { approve: true, actor: 'ada', reason: 'looks good' };
const no = { approve: false, actor: 'bob', reason: 'not on a Friday' };

const asked = async (over: object = {}) => {
  const world = await runWorld({ go: 'approval', other: 'approval', load: 'task' });
  await world.open('go');
  const { deps, writer } = world;
  const runId = writer.runId;
  const request = (token: string) => requestApproval(deps, writer, approval(over), token);
  const first = await request('token-1');
  const status = async () => (await loadRun(deps, runId)).run.status;
  return { ...world, deps, writer, runId, request, first, status };
};

describe('requestApproval', () => {
  it('keeps the token, says that the run waits, and tells nobody the token', async () => {
    const { first, status, events, deps } = await asked();
    expect(first).toEqual({ expiresAt: deps.clock.now() + 3_600_000 });
    expect(await status()).toBe('awaiting-approval');
    expect(events.filter(({ type }) => type === 'approvalRequested')).toHaveLength(2);
    expect(JSON.stringify(events)).not.toContain('token-1');
  });

  it('keeps the first expiry when it is asked again, with a new token', async () => {
    const { first, request, deps, runId, workflow } = await asked();
    await deps.clock.advanceTo(deps.clock.now() + 1000);
    expect(await request('token-2')).toEqual(first);
    await decideApproval(deps, runId, 'go', yes);
    expect(workflow.answers.map(({ token }) => token)).toEqual(['token-2']);
  });

  it('gives a new token the decision that was made before', async () => {
    const { request, deps, runId, workflow } = await asked();
    await decideApproval(deps, runId, 'go', yes);
    expect(await request('token-2')).toMatchObject({ decision: { approved: true, actor: 'ada' } });
    expect(workflow.answers.at(-1)).toEqual({ token: 'token-2', output: { approved: true, actor: 'ada', reason: 'looks good' } });
  });

  it('lets a run that is pausing keep that status', async () => {
    const world = await runWorld({ go: 'approval' });
    await world.open('go');
    await pauseRun(world.deps, world.writer.runId, 'ada');
    await requestApproval(world.deps, world.writer, approval(), 'token-1');
    expect((await loadRun(world.deps, world.writer.runId)).run.status).toBe('pausing');
  });
});

describe('decideApproval', () => {
  it('records the decision, lets the run go on and answers the waiting state', async () => {
    const { deps, runId, status, workflow, events } = await asked();
    const decision = { approved: true, actor: 'ada', reason: 'looks good', at: deps.clock.now() };
    expect(await decideApproval(deps, runId, 'go', yes)).toEqual({ decision, repeated: false, delivered: true });
    expect(await status()).toBe('running');
    expect(workflow.answers).toEqual([{ token: 'token-1', output: { approved: true, actor: 'ada', reason: 'looks good' } }]);
    expect(events.find(({ type }) => type === 'approvalDecided')).toMatchObject({ actor: 'ada', data: { approved: true } });
  });

  it('lets the first of two decisions count and tells the second who decided', async () => {
    const { deps, runId, workflow } = await asked();
    await decideApproval(deps, runId, 'go', no);
    const second = await decideApproval(deps, runId, 'go', yes).catch((error: unknown) => error);
    expect(second).toBeInstanceOf(RunStateError);
    expect((second as Error).message).toMatch(/^go was rejected by bob at .*: not on a Friday$/);
    expect(workflow.answers).toHaveLength(1);
  });

  it('has one decision of two at the same moment', async () => {
    const { deps, runId, workflow } = await asked();
    const both = await Promise.allSettled([decideApproval(deps, runId, 'go', yes), decideApproval(deps, runId, 'go', no)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(workflow.answers).toHaveLength(1);
  });

  it('sends the decision again where a call died before', async () => {
    const { deps, runId, workflow } = await asked();
    workflow.failNext = true;
    await expect(decideApproval(deps, runId, 'go', yes)).rejects.toThrow('the process died');
    expect(workflow.answers).toHaveLength(0);
    expect(await decideApproval(deps, runId, 'go', { ...yes, actor: 'eve' })).toMatchObject({
      repeated: true,
      delivered: true,
      decision: { actor: 'ada' },
    });
    expect(await decideApproval(deps, runId, 'go', yes)).toMatchObject({ repeated: true, delivered: false });
    expect(workflow.answers).toHaveLength(1);
  });

  it('lets the run wait as long as another approval does', async () => {
    const { deps, runId, writer, status, open } = await asked();
    await open('other');
    await requestApproval(deps, writer, approval({ name: 'other' }), 'token-9');
    await decideApproval(deps, runId, 'go', yes);
    expect(await status()).toBe('awaiting-approval');
    await decideApproval(deps, runId, 'other', yes);
    expect(await status()).toBe('running');
  });

  it('refuses what is no approval, what waits for none, and what goes back', async () => {
    const { deps, runId } = await asked();
    await expect(decideApproval(deps, runId, 'load', yes)).rejects.toThrow('has no approval named load');
    await expect(decideApproval(deps, runId, 'other', yes)).rejects.toThrow('does not wait for an approval');
    const { run } = await goBack(deps, runId, { actor: 'ada', reason: 'changed my mind' });
    await seizeItems(deps, run, { runId, epoch: run.epoch });
    await expect(decideApproval(deps, runId, 'go', yes)).rejects.toThrow('is going back');
  });

  it('refuses a decision after its time', async () => {
    const { deps, runId, first } = await asked();
    await deps.clock.advanceTo(first.expiresAt);
    await expect(decideApproval(deps, runId, 'go', yes)).rejects.toThrow('the default is to reject');
  });
});

describe('expireApproval', () => {
  it('applies the default, once', async () => {
    for (const [onExpiry, approved] of [
      ['approve', true],
      ['reject', false],
    ] as const) {
      const { deps, writer, first, status, events } = await asked({ onExpiry });
      await deps.clock.advanceTo(first.expiresAt);
      const decision = await expireApproval(deps, writer, 'go');
      expect(decision).toMatchObject({ approved, actor: 'slipway', expired: true });
      expect(await expireApproval(deps, writer, 'go')).toEqual(decision);
      expect(await status()).toBe('running');
      expect(events.filter(({ type }) => type === 'approvalDecided')).toHaveLength(1);
    }
  });

  it('lets a decision count that a person gave in time', async () => {
    const { deps, writer, runId, workflow, first } = await asked();
    workflow.failNext = true;
    await decideApproval(deps, runId, 'go', yes).catch(() => {});
    await deps.clock.advanceTo(first.expiresAt);
    expect(await expireApproval(deps, writer, 'go')).toMatchObject({ approved: true, actor: 'ada' });
  });

  it('is refused to a writer that was taken over, and where nobody asked', async () => {
    const { deps, writer, runId, open } = await asked();
    await open('other');
    await expect(expireApproval(deps, writer, 'other')).rejects.toThrow('was never asked for');
    const { run } = await goBack(deps, runId, { actor: 'ada', reason: 'no' });
    await seizeItems(deps, run, { runId, epoch: run.epoch });
    await expect(expireApproval(deps, writer, 'go')).rejects.toBeInstanceOf(SupersededError);
  });
});
