import { describe, expect, it } from 'vitest';
import { flagReport, flagSummary } from '../../../../cli/render/flag-report.ts';
import { paintWith } from '../../../../cli/render/paint.ts';
import type { FlagView } from '../../../../shared/api/flags.ts';
import { flagDefinition } from '../../../../shared/flags/flag-document.ts';
import { fromSimple, simpleFlag } from '../../../../shared/flags/simple-flag.ts';

const plain = paintWith(false);
const view = (form: object, more: object = {}): FlagView => {
  const simple = simpleFlag.parse(form);
  return {
    environment: 'staging',
    key: 'new-search',
    rev: 3,
    flag: fromSimple(simple) as never,
    simple: simple as never,
    ...more,
  };
};
const colours = { state: 'ENABLED', variants: { red: 'r', blue: 'b' }, defaultVariant: 'red' };

describe('the report of a flag', () => {
  it('says what it is, for whom, and what it is otherwise', () => {
    const conditions = [{ attribute: 'country', operator: 'in', value: ['DE', 'FR'] }];
    const form = { rolloutPercentage: 25, userGroups: ['beta'], environments: ['production'], customers: ['acme'], conditions };
    expect(flagReport(view(form), plain)).toEqual([
      'Flag new-search in staging, revision 3',
      '  state      enabled',
      '  on for     25 % of keys',
      '  customers  acme: always on',
      '  only in    production',
      '  groups     beta',
      '  where      country is one of DE, FR',
      '  otherwise  off',
    ]);
  });

  it('says which run has it and that it was sent back', () => {
    const lines = flagReport(view({}, { owner: 'r1', tripped: { at: 0, by: 'alarm', reason: 'too many errors' } }), plain);
    expect(lines).toContain('  run      r1 shifts it: slipway watch r1');
    expect(lines.at(-1)).toMatch(/^ {2}tripped {2}back on the old side since \d.*: too many errors$/);
  });

  it('shows the definition of one that says more than the form', () => {
    const { simple: _, ...more } = view({}, { flag: { ...colours, targeting: { if: [{ var: 'vip' }, 'blue', 'red'] } } });
    const lines = flagReport(more, plain);
    expect(lines).toContain('It says more than the form, so it is changed as a whole, with --file:');
    expect(JSON.parse(lines.slice(lines.indexOf('{')).join('\n'))).toMatchObject(colours);
  });
});

describe('a flag in a few words', () => {
  it.each([
    [fromSimple(simpleFlag.parse({})), 'on for 100 %'],
    [fromSimple(simpleFlag.parse({ enabled: false, rolloutPercentage: 5 })), 'disabled, on for 5 %'],
    [flagDefinition.parse({ ...colours, targeting: { if: [{ var: 'vip' }, 'blue', 'red'] } }), 'by its own rule'],
  ])('%# says for whom it is', (flag, words) => {
    expect(flagSummary(flag)).toBe(words);
  });
});
