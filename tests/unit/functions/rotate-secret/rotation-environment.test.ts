import { describe, expect, it } from 'vitest';
import { readRotationEnvironment } from '../../../../functions/rotate-secret/rotation-environment.ts';
import { DEFAULT_RULE } from '../../../../shared/secrets/make-value.ts';

const least = {
  SLIPWAY_ENVIRONMENT: 'test',
  SLIPWAY_TABLE: 'control',
  SLIPWAY_BUS: 'events',
  SLIPWAY_MACHINE_REVOKE: 'arn:revoke',
  SLIPWAY_SYSTEM: 'redis',
};

describe('the environment of what rotates a secret', () => {
  it('has defaults for all but what it reaches', () => {
    expect(readRotationEnvironment(least)).toMatchObject({
      ...{ name: 'test', table: 'control', bus: 'events', revokeMachine: 'arn:revoke', system: 'redis' },
      ...{ overlap: 900_000, rule: DEFAULT_RULE, task: undefined },
    });
  });

  it('says how a value is made, and for how long two are valid', () => {
    const more = { SLIPWAY_OVERLAP_MS: '0', SLIPWAY_VALUE_RULE: '{"length":40,"prefix":"key_"}' };
    expect(readRotationEnvironment({ ...least, ...more })).toMatchObject({
      ...{ overlap: 0, rule: { ...DEFAULT_RULE, length: 40, prefix: 'key_' } },
    });
  });

  it.each([
    ...Object.keys(least).map((name) => [name, undefined] as const),
    ['SLIPWAY_SYSTEM', 'oracle'] as const,
    ['SLIPWAY_OVERLAP_MS', '-1'] as const,
    ['SLIPWAY_VALUE_RULE', '{"length":1}'] as const,
  ])('is refused with %s=%s', (name, value) => {
    expect(() => readRotationEnvironment({ ...least, [name]: value })).toThrow();
  });
});
