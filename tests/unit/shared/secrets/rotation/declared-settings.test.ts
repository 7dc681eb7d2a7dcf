import { describe, expect, it } from 'vitest';
import { DEFAULT_RULE } from '../../../../../shared/secrets/make-value.ts';
import { loadSettings, putSettings } from '../../../../../shared/secrets/rotation/change-settings.ts';
import { declaredSettings } from '../../../../../shared/secrets/rotation/declared-settings.ts';
import type { RotationPolicy } from '../../../../../shared/secrets/rotation/rotation-settings.ts';
import { runBed } from '../../run/run-bed.ts';

const of = { secretId: 'db', environment: 'test' };
const rule = { ...DEFAULT_RULE, classes: [...DEFAULT_RULE.classes] };
const declared: RotationPolicy = { system: 'redis', overlap: 900_000, rule, enabled: true };

describe('the settings of a secret that a program declares', () => {
  it('are what the program says, kept once, and follow it', async () => {
    const { deps } = runBed();
    expect(await declaredSettings(deps, of, declared)).toMatchObject({ ...declared, ...of, actor: 'slipway', rev: 1 });
    expect(await declaredSettings(deps, of, { ...declared, rule: { ...rule } })).toMatchObject({ rev: 1 });
    for (const [at, change] of [{ overlap: 60_000 }, { rule: { ...rule, length: 40 } }, { enabled: false }].entries()) {
      await declaredSettings(deps, of, declared);
      const { rev } = await declaredSettings(deps, of, { ...declared, ...change });
      expect([at, await loadSettings(deps, 'db')]).toEqual([at, expect.objectContaining({ ...change, rev })]);
    }
  });

  it('are what a person says, from then on', async () => {
    const { deps } = runBed();
    await declaredSettings(deps, of, declared);
    await putSettings(deps, { ...of, actor: 'ada', reason: 'longer' }, () => ({ ...declared, overlap: 1000 }));
    expect(await declaredSettings(deps, of, { ...declared, overlap: 60_000 })).toMatchObject({ actor: 'ada', overlap: 1000 });
  });

  it('are those of whoever was first, where two say it at once', async () => {
    const { deps } = runBed();
    const both = await Promise.all([declaredSettings(deps, of, declared), declaredSettings(deps, of, declared)]);
    expect(both.map(({ rev }) => rev)).toEqual([1, 1]);
  });

  it('are refused where another environment has the secret', async () => {
    const { deps } = runBed();
    await declaredSettings(deps, of, declared);
    await expect(declaredSettings(deps, { ...of, environment: 'other' }, { ...declared, overlap: 1 })).rejects.toMatchObject({
      code: 'SECRET_SETTINGS',
    });
  });
});
