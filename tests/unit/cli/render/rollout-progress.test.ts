import { describe, expect, it } from 'vitest';
import { paintWith } from '../../../../cli/render/paint.ts';
import { progressLine, progressLines } from '../../../../cli/render/run-progress.ts';
import { widthOf } from '../../../../cli/render/text-width.ts';
import { RUN, rolloutRun, verdict } from '../sample-view.ts';

const plain = paintWith(false);

describe('the progress of a rollout', () => {
  it('shows its ladder, how long it was watched, its exposures, and what else holds it', () => {
    expect(progressLines(rolloutRun(), plain, 100).slice(1, -1)).toEqual([
      '  search  watching',
      '          ✓ 1 %  ✓ 10 %  ● 50 %  ○ 100 %',
      '          watched 3m 10s of 10m 00s, 812 of 1,000 exposures (old side 790)',
      '          held: index must be at 50 % first, and is at 10 %.',
    ]);
  });

  it('fits a narrow terminal', () => {
    const lines = progressLines(rolloutRun(), plain, 40).slice(1, -1);
    expect(lines).toContain('          ● 50 % (stage 3 of 4)');
    expect(Math.max(...lines.map(widthOf))).toBeLessThan(40);
    expect(lines.map((line) => line.trim()).join(' ')).toContain('held: index must be at 50 % first, and is at 10 %.');
  });

  it('leaves out exposures that were counted for another stage, and the control at 100 %', () => {
    const other = progressLine(rolloutRun({ verdict: verdict({ stage: 1 }), held: [] }));
    expect(other).toContain('search 50 % (stage 3 of 4), watched 3m 10s of 10m 00s · writes');
    const last = progressLine(rolloutRun({ stage: 3, verdict: verdict({ stage: 3 }), held: [] }));
    expect(last).toContain('812 of 1,000 exposures · writes');
  });

  it('says that a person is waited for, with the command', () => {
    const view = rolloutRun({ waitsForPerson: true });
    expect(progressLines(view, plain, 100)).toContain('  search  waiting');
    expect(progressLines(view, plain, 100).at(-1)).toBe(`  slipway promote ${RUN} search`);
    expect(progressLine(view)).toContain(`; slipway promote ${RUN} search`);
  });

  it('says that it is held before its first stage', () => {
    const { stage: _, enteredAt: __, verdict: ___, ...rollout } = rolloutRun().components[0]?.rollout ?? {};
    const view = rolloutRun();
    const before = {
      ...view,
      components: view.components.map((one) => ({ ...one, rollout: { ...rollout, promoted: 0 } as never })),
    };
    expect(progressLines(before, plain, 100)[1]).toBe('  search  held');
    expect(progressLine(before)).toContain('search all on the old side, held: ');
  });
});
