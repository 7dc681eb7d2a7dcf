import { describe, expect, it } from 'vitest';
import { FakeShell, type Received } from '../fake-shell.ts';
import { RUN, rolloutRun, runView } from '../sample-view.ts';

const answers = (view: unknown) => (request: Received) =>
  request.method === 'GET' ? { body: view } : { body: { component: 'search', stage: 1, by: 'kent' } };
const sent = ({ received }: FakeShell) => received.find(({ method }) => method === 'POST');
const twice = () => {
  const view = rolloutRun();
  return { ...view, components: [...view.components, ...view.components.map((one) => ({ ...one, name: 'index' }))] };
};

describe('slipway rollback --to', () => {
  it.each([
    ['2', 1],
    ['1', 0],
    ['10%', 1],
    ['1 %', 0],
  ])('%s is stage %i', async (to, stage) => {
    const shell = new FakeShell({ answer: answers(rolloutRun()) });
    expect(await shell.run('rollback', RUN, '--to', to, '-m', 'too early')).toBe(0);
    expect(sent(shell)).toMatchObject({
      path: `/v1/runs/${RUN}/components/search/stage`,
      body: { stage, reason: 'too early' },
    });
    expect(shell.stdout).toContain(`slipway promote ${RUN} search`);
  });

  it.each([['0'], ['5'], ['20%'], ['ten'], ['0%'], ['-1']])('%s is no stage, and the stages are named', async (to) => {
    const shell = new FakeShell({ answer: answers(rolloutRun()) });
    expect(await shell.run('rollback', RUN, `--to=${to}`, '-m', 'x')).toBe(2);
    expect(shell.stderr).toContain('Its stages: 1 (1 %), 2 (10 %), 3 (50 %), 4 (100 %).');
    expect(sent(shell)).toBeUndefined();
  });

  it.each([['3'], ['100%']])('%s is no earlier stage than the one that it is at', async (to) => {
    const shell = new FakeShell({ answer: answers(rolloutRun()) });
    expect(await shell.run('rollback', RUN, '--to', to, '-m', 'x')).toBe(1);
    expect(shell.stderr).toContain('search is at stage 3 (50 %); it can be taken back to an earlier one only.');
    expect(shell.stderr).toContain('Name a stage from 1 to 2.');
  });

  it('wants to know which rollout, where there is more than one', async () => {
    const shell = new FakeShell({ answer: answers(twice()) });
    expect(await shell.run('rollback', RUN, '--to', '1', '-m', 'x')).toBe(2);
    expect(shell.stderr).toContain('more than one rollout: search, index');
    expect(await shell.run('rollback', RUN, '--to', '1', '--component', 'index', '-m', 'x')).toBe(0);
    expect(sent(shell)?.path).toBe(`/v1/runs/${RUN}/components/index/stage`);
  });

  it.each([
    [runView(), [], 'has no rollout, so it has no stages'],
    [rolloutRun(), ['--component', 'other'], 'has no rollout other: search'],
    [rolloutRun(), ['--watch'], '--to goes without --watch'],
  ])('is refused where it means nothing: %#', async (view, words, told) => {
    const shell = new FakeShell({ answer: answers(view) });
    expect(await shell.run('rollback', RUN, '--to', '1', '-m', 'x', ...words)).toBe(2);
    expect(shell.stderr).toContain(told);
    expect(sent(shell)).toBeUndefined();
  });

  it('takes back a component without --to, and says what goes with it and what stays', async () => {
    const run = { ...runView(), status: 'rolling-back' };
    const shell = new FakeShell({
      answer: () => ({ body: { run, joined: false, goesBack: ['search', 'index'], keeps: ['copy'] } }),
    });
    expect(await shell.run('rollback', RUN, '--component', 'search', '-m', 'x')).toBe(0);
    expect(sent(shell)).toMatchObject({ path: `/v1/runs/${RUN}/rollback`, body: { component: 'search', reason: 'x' } });
    expect(shell.stdout).toContain('Rolling back. Goes back: search, index. Stays: copy.');
  });
});

describe('slipway promote', () => {
  it('promotes the stage and says how to watch', async () => {
    const shell = new FakeShell({ answer: answers(rolloutRun()) });
    expect(await shell.run('promote', RUN, 'search', '-m', 'we know it')).toBe(0);
    expect(sent(shell)).toMatchObject({ path: `/v1/runs/${RUN}/components/search/promote`, body: { reason: 'we know it' } });
    expect(shell.stdout).toContain('Stage 2 of search is promoted by kent; it goes on at its next look.');
  });

  it('says how soon the rollout goes on, where the control plane says so', async () => {
    const body = { component: 'search', stage: 1, by: 'kent', heardWithinMs: 299_500 };
    const shell = new FakeShell({ answer: () => ({ body }) });
    expect(await shell.run('promote', RUN, 'search')).toBe(0);
    expect(shell.stdout).toContain('it goes on at its next look, within 5m.');
  });
});
