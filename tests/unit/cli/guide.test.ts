import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../cli/exit-codes.ts';
import { buildProgram } from '../../../cli/program.ts';
import { FakeShell } from './fake-shell.ts';

const guide = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
const { program } = buildProgram(new FakeShell({ announced: false }));
const verbsOf = (command: Command, prefix = ''): string[] =>
  command.commands.flatMap((verb) =>
    verb.commands.length > 0 ? verbsOf(verb, `${prefix}${verb.name()} `) : [`${prefix}${verb.name()}`],
  );
const optionsOf = (command: Command): string[] => [
  ...command.options.flatMap(({ long }) => long ?? []),
  ...command.commands.flatMap(optionsOf),
];

describe('the guide to the command line', () => {
  it('knows every command, and no other', () => {
    const [, section = ''] = guide
      .split(/^## /m)
      .filter((part) => part.startsWith('Verbs'))
      .join('')
      .split('|---|---|');
    const documented = section
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .flatMap((row) =>
        [...(row.split(' | ')[0] ?? '').matchAll(/`([a-z-]+(?: [a-z][a-z-]*)?)/g)].map(([, words = '']) => words),
      );
    const known = new Set(verbsOf(program));
    const verbs = documented.map((words) => (known.has(words) ? words : words.split(' ')[0]));
    expect([...known].filter((verb) => !verbs.includes(verb))).toEqual([]);
    expect(verbs.filter((verb) => !known.has(verb ?? ''))).toEqual([]);
  });

  it('names no option that is not there, and every option of a flag and of a stop', () => {
    const known = new Set(optionsOf(program));
    const named = new Set([...guide.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option));
    expect([...named].filter((option) => !known.has(option))).toEqual([]);
    for (const name of ['flags', 'stop', 'promote', 'rollback']) {
      const options = program.commands.filter((command) => command.name() === name).flatMap(optionsOf);
      expect(options.filter((option) => !named.has(option) && option !== '--message')).toEqual([]);
    }
  });

  it('has each exit code once', () => {
    const [, section = ''] = guide.split('## Exit codes');
    const codes = [...section.matchAll(/^\| (\d) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT));
  });
});
