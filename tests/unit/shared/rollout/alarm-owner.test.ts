import { describe, expect, it } from 'vitest';
import { describeAlarmOwner, parseAlarmOwner } from '../../../../shared/rollout/alarm-owner.ts';

const owner = { runId: '01k', environment: 'test', component: 'search', guardrail: 'errors', flag: 'new-search' };

describe('the owner of an alarm', () => {
  it('is read from the description that names it', () => {
    expect(parseAlarmOwner(describeAlarmOwner(owner))).toEqual(owner);
  });

  it('fits into a description at its longest', () => {
    const longest = {
      runId: 'r'.repeat(26),
      environment: 'e'.repeat(32),
      component: 'c'.repeat(48),
      guardrail: 'g'.repeat(48),
      flag: 'f'.repeat(128),
    };
    expect(describeAlarmOwner(longest).length).toBeLessThanOrEqual(1_024);
  });

  it('is nobody where the description is of another kind', () => {
    const { flag, ...without } = owner;
    expect(flag).toBe('new-search');
    for (const description of [
      '',
      'CPU is high',
      '[]',
      'null',
      JSON.stringify(without),
      JSON.stringify({ ...owner, runId: '' }),
    ]) {
      expect(parseAlarmOwner(description)).toBeUndefined();
    }
  });
});
