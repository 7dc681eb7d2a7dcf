import { describe, expect, it } from 'vitest';
import { paintWith } from '../../../../cli/render/paint.ts';
import { stageLadder } from '../../../../cli/render/stage-ladder.ts';
import { rollout, verdict } from '../sample-view.ts';

const plain = paintWith(false);

describe('the ladder of a rollout', () => {
  it('shows what is behind, where the traffic is, and what is to come', () => {
    expect(stageLadder(rollout(), plain)).toBe('✓ 1 %  ✓ 10 %  ● 50 %  ○ 100 %');
    const { stage: _, ...begun } = rollout({ promoted: 0 });
    expect(stageLadder(begun, plain)).toBe('○ 1 %  ○ 10 %  ○ 50 %  ○ 100 %');
    expect(stageLadder(rollout({ stage: 3, promoted: 4 }), plain)).toBe('✓ 1 %  ✓ 10 %  ✓ 50 %  ✓ 100 %');
  });

  it('names stages of customers by how many they are', () => {
    const stages = [1, 10].map((customers) => ({ percent: 0, customers, bake: 1, minSample: 1 }));
    expect(stageLadder(rollout({ stages, stage: 0, promoted: 0 }), plain)).toBe('● 1 customer  ○ 10 customers');
  });

  it('marks the stage that a verdict took back', () => {
    const { stage: _, ...back } = rollout({ promoted: 0, verdict: verdict({ decision: 'rollback' }) });
    expect(stageLadder(back, plain)).toBe('○ 1 %  ○ 10 %  ✗ 50 %  ○ 100 %');
  });

  it('where it has no room tells which stage of how many', () => {
    expect(stageLadder(rollout(), plain, 33)).toContain('100 %');
    expect(stageLadder(rollout(), plain, 29)).toBe('● 50 % (stage 3 of 4)');
  });
});
