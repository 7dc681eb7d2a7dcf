import { describe, expect, it } from 'vitest';
import { paintWith } from '../../../../cli/render/paint.ts';
import { runReport } from '../../../../cli/render/run-report.ts';
import { widthOf } from '../../../../cli/render/text-width.ts';
import { rolloutRun, verdict } from '../sample-view.ts';

const plain = paintWith(false);
const part = (lines: readonly string[]) =>
  lines.slice(lines.indexOf('Rollout search: flag new-search, from off to on'), lines.lastIndexOf(''));

describe('the report of a rollout', () => {
  it('tells where it is, why, and every check with its figures and its sentence', () => {
    const lines = runReport(rolloutRun(), plain, 120);
    expect(lines).toContain('  search  rollout  watching  at 50 %');
    expect(part(lines)).toEqual([
      'Rollout search: flag new-search, from off to on',
      '  ✓ 1 %  ✓ 10 %  ● 50 %  ○ 100 %',
      '  50 % watched 3m 10s of 10m 00s, 812 of 1,000 exposures (old side 790)',
      '  Held: index must be at 50 % first, and is at 10 %.',
      expect.stringMatching(/^ {2}Verdict at 50 %: hold {2}\d{4}-/),
      '    CHECK    FOUND    LIMIT  OLD    NEW',
      '    bake    3m 10s  10m 00s    -      -  hold  The stage has been watched for 3.2 min of 10 min.',
      '    sample     790    1,000  790    812  hold  The smaller arm has 790 exposures; 1000 are needed.',
      '    errors   0.457        5    -  4,000  pass  errors is well.',
    ]);
  });

  it('puts sentences below where there is no room beside', () => {
    const lines = part(runReport(rolloutRun(), plain, 60));
    expect(lines).toContain('    sample     790    1,000  790    812  hold');
    expect(lines).toContain('      The smaller arm has 790 exposures; 1000 are needed.');
    expect(Math.max(...lines.slice(3).map(widthOf))).toBeLessThanOrEqual(60);
  });

  it('says who promoted it, and that nothing of it is left', () => {
    const hand = runReport(rolloutRun({ verdict: verdict({ byHand: true }) }), plain);
    expect(hand.join('\n')).toContain('Verdict at 50 %: hold, promoted by a person');
    const { stage: _, enteredAt: __, ...back } = rolloutRun().components[0]?.rollout ?? {};
    const view = rolloutRun();
    const undone = view.components.map((one) => ({ ...one, status: 'undone' as const, rollout: { ...back, held: [] } as never }));
    expect(runReport({ ...view, components: undone }, plain)).toContain('  search  rollout  undone  all on the old side');
  });
});
