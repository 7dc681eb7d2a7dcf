import { describe, expect, it } from 'vitest';
import { buildProgram, runCommandLine } from '../../../cli/program.ts';
import { isUnprintable } from '../../../shared/notation/names.ts';
import { FakeShell, problem } from './fake-shell.ts';
import { RUN, runView, succeeded, summary } from './sample-view.ts';

const TERMINAL = { columns: 100, rows: 30 };
const DAYS = 'slipway: 1\nname: a\ntarget: local/a\nphases: []\n';

describe('arguments', () => {
  it.each([
    [[], 'Usage: slipway'],
    [['lost'], "unknown command 'lost'"],
    [['start'], "missing required argument 'file'"],
    [['status', RUN, '--wiat'], 'Did you mean --wait?'],
    [['status', RUN, '--wait', '--timeout', 'soon'], 'must be a duration such as'],
    [['status', RUN, '--timeout', '1m'], '--timeout goes with --wait'],
    [['rollback', RUN], '-m, --message <reason>'],
    [['reject', RUN, 'go'], '-m, --message <reason>'],
    [['rollback', RUN, '-m', 'x', '--stands', 'a/1=perhaps'], 'component/step=yes or component/step=no'],
    [['demo', '--records', '0'], 'a whole number from 1 to 135233'],
    [['dev', '--port', '70000'], 'a whole number from 0 to 65535'],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish'],
    [['start', 'absent.yaml'], 'absent.yaml cannot be read: there is no such file'],
    [['resume', RUN, '--accept-plan-change'], '--accept-plan-change names no plan'],
    [['quarantine'], 'Usage: slipway quarantine'],
  ])('that make no sense end with 2: %j', async (words, told) => {
    const shell = new FakeShell();
    expect(await runCommandLine(words.length === 0 ? [] : [...words, '--data-dir', '.'], shell)).toBe(2);
    expect(shell.stderr).toContain(told);
    expect(shell.stdout).toBe('');
    expect(shell.received).toEqual([]);
  });

  it('are told as one document too', async () => {
    const shell = new FakeShell();
    expect(await shell.run('status', '--json')).toBe(2);
    expect(JSON.parse(shell.stdout)).toEqual({
      error: { code: 'USAGE', message: "missing required argument 'id'", next: 'slipway status --help', exitCode: 2 },
    });
  });

  it.each(['nope', '../../etc', '\u001b[2J'])('that name no run end with 6: %j', async (id) => {
    const shell = new FakeShell();
    expect(await shell.run('status', id)).toBe(6);
    expect(shell.stderr).toContain('There is no run');
    expect(shell.stderr).not.toContain('\u001b');
  });
});

describe('validating', () => {
  it.each([
    ['large.yaml', 'a'.repeat(3_000_000), 'TOO_LARGE'],
    ['late.ts', 'export default { slipway: 1, name: new Date(0) };', 'WRONG_TYPE'],
  ])('answers what is wrong with %s, which is sent nowhere, as it answers anything else', async (file, text, code) => {
    const shell = new FakeShell();
    expect(await shell.run('validate', shell.write(file, text), '--json')).toBe(2);
    expect(JSON.parse(shell.stdout)).toMatchObject({ valid: false, problems: [{ code }] });
    expect(shell.stderr).toBe('');
    expect(await shell.run('plan', file)).toBe(2);
    expect(shell.stderr).toContain(code);
  });
});

describe('help', () => {
  it('goes to stdout with the exit codes, and names the options of all commands', async () => {
    const shell = new FakeShell();
    expect(await runCommandLine(['--help'], shell)).toBe(0);
    expect(shell.stdout).toMatch(/Exit codes:\n {2}0 {2}done/);
    expect(shell.stdout).toMatch(/^ {2}9 /m);
    expect(await runCommandLine(['status', '--help'], shell)).toBe(0);
    expect(shell.stdout).toContain('--data-dir <dir>');
  });

  it('describes every command', () => {
    const { program } = buildProgram(new FakeShell());
    expect(program.commands.filter((command) => command.description() === '').map((command) => command.name())).toEqual([]);
  });
});

describe('results', () => {
  it('never hand a terminal what it would obey', async () => {
    const evil = { name: 'a\u001b]0;owned\u0007', digest: '\u009b31m' };
    const answer = () => ({ body: { runs: [summary({ plan: evil, actor: 'x\u001b[2J\ny' })] } });
    const text = new FakeShell({ answer, terminal: TERMINAL, plain: true });
    expect(await text.run('list')).toBe(0);
    expect(text.stdout).toContain('a\\u001b]0;owned\\u0007');
    expect(isUnprintable(text.stdout)).toBe(false);
    const json = new FakeShell({ answer });
    await json.run('list', '--json');
    expect(isUnprintable(json.stdout)).toBe(false);
    expect(JSON.parse(json.stdout).runs[0].plan).toEqual(evil);
  });

  it('have colours on a terminal only, and none with NO_COLOR', async () => {
    const answer = () => ({ body: { runs: [summary()] } });
    const [colours, none, pipe] = [
      new FakeShell({ answer, terminal: TERMINAL }),
      new FakeShell({ answer, terminal: TERMINAL, plain: true }),
      new FakeShell({ answer }),
    ];
    for (const shell of [colours, none, pipe]) await shell.run('list');
    expect(colours.stdout).toContain('\u001b[');
    expect(none.stdout).not.toContain('\u001b');
    expect(pipe.stdout).toBe(none.stdout);
  });
});

describe('errors of the API', () => {
  it.each([
    [401, 3],
    [404, 6],
    [500, 1],
  ])('with status %i end with %i, and say what, why and the next command', async (status, code) => {
    const shell = new FakeShell({ answer: () => problem(status, 'CODE', 'What and why.', { next: 'slipway list' }) });
    expect(await shell.run('status', RUN)).toBe(code);
    expect(shell.stderr).toBe('Error: What and why.\nNext:  slipway list\n');
  });

  it('show each problem of a plan with its place, all at once', async () => {
    const problems = [
      { code: 'UNKNOWN_KEY', message: 'Unknown key "nam". Did you mean "name"?', path: ['nam'], line: 2, column: 1 },
      { code: 'CYCLE', message: 'a -> b -> a', path: ['phases', 0, 'after'], line: 9, column: 12 },
    ];
    const shell = new FakeShell({ answer: () => problem(422, 'PLAN_INVALID', 'The plan has 2 problems.', { problems }) });
    shell.write('plan.yaml', DAYS);
    expect(await shell.run('start', 'plan.yaml')).toBe(2);
    expect(shell.stderr).toContain(
      'plan.yaml:2:1 UNKNOWN_KEY Unknown key "nam". Did you mean "name"? (nam)\nplan.yaml:9:12 CYCLE a -> b -> a (phases[0].after)\n',
    );
  });

  it('refuse a plan that is too large without sending it', async () => {
    const shell = new FakeShell({ answer: () => ({ body: {} }) });
    shell.write('huge.yaml', `# ${'x'.repeat(3_000_000)}\n${DAYS}`);
    expect(await shell.run('start', 'huge.yaml')).toBe(2);
    expect(shell.stderr).toContain('TOO_LARGE');
    expect(shell.received).toEqual([]);
  });
});

describe('watching', () => {
  it('prints the end, and as NDJSON each change before it', async () => {
    const views = [runView(), runView({ seconds: 13 }), runView({ updatedAt: 7 }), succeeded()];
    const shell = new FakeShell({ answer: () => ({ body: views.shift() }) });
    expect(await shell.run('watch', RUN, '--json')).toBe(0);
    const seen = shell.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(seen.map(({ status, updatedAt }) => [status, updatedAt])).toEqual([
      ['running', succeeded().updatedAt],
      ['running', 7],
      ['succeeded', succeeded().updatedAt],
    ]);
  });

  it('says that the run goes on at the first Ctrl-C, and leaves with 8 at the second', async () => {
    let presses = 0;
    const shell = new FakeShell({ answer: () => ({ body: runView() }), onSleep: (self) => ++presses > 0 && self.interrupt() });
    expect(await shell.run('watch', RUN)).toBe(8);
    expect(presses).toBe(2);
    expect(shell.stderr).toContain(`The run goes on. Watch it again: slipway watch ${RUN} --data-dir .\n`);
    expect(shell.stdout).toBe('');
  });

  it('says so at a terminal that NDJSON goes to as well', async () => {
    const shell = new FakeShell({ answer: () => ({ body: runView() }), onSleep: (self) => self.interrupt(), terminal: TERMINAL });
    expect(await shell.run('watch', RUN, '--json')).toBe(8);
    expect(shell.stderr).toContain('The run goes on. Watch it again');
  });

  it('takes one Ctrl-C that npm hands on once more for one', async () => {
    let presses = 0;
    const onSleep = (self: FakeShell) => {
      presses += 1;
      self.interrupt();
      self.interrupt();
    };
    const shell = new FakeShell({ answer: () => ({ body: runView() }), onSleep });
    expect(await shell.run('watch', RUN)).toBe(8);
    expect(presses).toBe(2);
  });

  it('leaves with 8 as soon as it is asked to end, by whom nobody asks again', async () => {
    const shell = new FakeShell({ answer: () => ({ body: runView() }), onSleep: (self) => self.interrupt('SIGTERM') });
    expect(await shell.run('watch', RUN)).toBe(8);
    expect(shell.stderr).toContain(`You left; the run goes on.\nNext:  slipway watch ${RUN}`);
  });

  it('ends with 9 when it takes too long', async () => {
    const shell = new FakeShell({ answer: () => ({ body: runView() }) });
    expect(await shell.run('status', RUN, '--wait', '--timeout', '3s')).toBe(9);
    expect(shell.stderr).toContain('is running still, and goes on');
  });

  it('waits for a control plane that is starting again, also at another address', async () => {
    let asked = 0;
    const gone = Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) });
    const shell = new FakeShell({
      answer: () => {
        if (++asked === 2) throw gone;
        return { body: asked > 3 ? succeeded() : runView() };
      },
      onSleep: (self) => self.announce('http://127.0.0.1:4500'),
    });
    expect(await shell.run('watch', RUN)).toBe(0);
    expect(shell.stderr).toContain('Asking again for 60 s.');
    expect(shell.stdout).toContain('succeeded after 30s');
  });

  it('waits for a store that did not answer in time', async () => {
    let asked = 0;
    const shell = new FakeShell({
      answer: () =>
        ++asked === 2 ? problem(503, 'STORE_UNANSWERED', 'Nobody answered.') : { body: asked > 2 ? succeeded() : runView() },
    });
    expect(await shell.run('watch', RUN)).toBe(0);
    expect(shell.stderr).toContain('Nobody answered. Asking again for 60 s.');
    expect(shell.stdout).toContain('succeeded after 30s');
  });

  it('gives up on a control plane that stays away', async () => {
    let asked = 0;
    const shell = new FakeShell({
      answer: () => {
        if (++asked > 1) throw new TypeError('fetch failed');
        return { body: runView() };
      },
    });
    expect(await shell.run('watch', RUN)).toBe(1);
    expect(shell.stderr).toContain('slipway dev');
  });
});

describe('going on with a changed plan', () => {
  const diff = { changes: [{ path: 'phases[a].x', change: 'changed', before: 1, after: '\u001b[2J' }], forbidden: [] };
  const changed = (forbidden: unknown[] = []) => problem(409, 'PLAN_CHANGED', 'It changed.', { diff: { ...diff, forbidden } });
  const accepts = ({ body }: { body: unknown }) => (body as { acceptPlanChange?: boolean }).acceptPlanChange === true;

  it('is refused with the difference', async () => {
    const shell = new FakeShell({ answer: () => changed() });
    shell.write('plan.yaml', DAYS);
    expect(await shell.run('resume', RUN, '--plan', 'plan.yaml')).toBe(2);
    expect(shell.stderr).toContain('  ~ phases[a].x: 1 -> "\\\\u001b[2J"');
  });

  it('shows the difference and goes on where that was accepted', async () => {
    const shell = new FakeShell({ answer: (request) => (accepts(request) ? { body: { run: summary() } } : changed()) });
    shell.write('plan.yaml', DAYS);
    expect(await shell.run('retry', RUN, '--accept-plan-change', 'plan.yaml')).toBe(0);
    expect(shell.stderr).toContain('  ~ phases[a].x: 1 -> ');
    expect(shell.received).toHaveLength(2);
  });

  it('is never accepted where the run cannot take it over', async () => {
    const shell = new FakeShell({ answer: () => changed([{ subject: 'target', why: 'it is locked' }]) });
    shell.write('plan.yaml', DAYS);
    expect(await shell.run('resume', RUN, '--accept-plan-change', 'plan.yaml')).toBe(2);
    expect(shell.stderr).toContain('not possible: target: it is locked');
    expect(shell.received).toHaveLength(1);
  });
});

describe('a timeline', () => {
  it('is refused as a whole where its chain is broken', async () => {
    const page = { events: [], cursor: 'c', more: false, broken: [{ item: 'RUN', rev: 3 }] };
    const shell = new FakeShell({ answer: () => ({ body: page }) });
    expect(await shell.run('logs', RUN)).toBe(1);
    expect(shell.stderr).toContain('Somebody changed or removed events of RUN');
  });
});
