import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { completionScript, SHELLS } from '../../../cli/completion.ts';
import { buildProgram } from '../../../cli/program.ts';
import { FakeShell } from './fake-shell.ts';

const { program } = buildProgram(new FakeShell({ announced: false }));
const hasBash = spawnSync('bash', ['--version']).status === 0;

/** What bash offers for the words of a line, the last of which is being typed. */
function offered(...words: string[]): string[] {
  const script = `${completionScript('bash', program)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _slipway; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', 'slipway', ...words], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

describe('completion', () => {
  it.each(SHELLS)('for %s knows every command and the flags of each', (shell) => {
    const script = completionScript(shell, program);
    for (const command of program.commands) expect(script).toContain(command.name());
    for (const flag of ['idempotency-key', 'accept-plan-change', 'token-file']) expect(script).toContain(flag);
  });

  it.skipIf(!hasBash)('offers in bash what can follow', () => {
    expect(offered('sta')).toEqual(['start', 'status']);
    expect(offered('start', 'plan.yaml', '--d')).toEqual(['--dry-run', '--data-dir']);
    expect(offered('--json', 'quarantine', 're')).toEqual(['retry']);
    expect(offered('flags', 'set', '--en')).toEqual(['--environment', '--environments', '--enabled']);
    expect(offered('stop', '--em')).toEqual(['--emergency']);
  });
});
