import { describe, expect, it } from 'vitest';
import { DEFAULT_RULE } from '../../../../../shared/secrets/make-value.ts';
import {
  listSettings,
  loadSettings,
  putSettings,
  requireSettings,
} from '../../../../../shared/secrets/rotation/change-settings.ts';
import type { RotationPolicy } from '../../../../../shared/secrets/rotation/rotation-settings.ts';
import { runBed } from '../../run/run-bed.ts';

const POLICY: RotationPolicy = {
  system: 'redis',
  overlap: 900_000,
  rule: { ...DEFAULT_RULE, classes: ['lower'] },
  enabled: true,
};
const change = { secretId: 'db', environment: 'staging', actor: 'ada', reason: 'first' };

describe('the settings of a rotation', () => {
  it('are kept with who said so, and told', async () => {
    const { deps, published } = runBed();
    const put = await putSettings(deps, { ...change, ifRev: 0 }, () => ({ ...POLICY, every: 86_400_000 }));
    expect(put).toMatchObject({ ...POLICY, secretId: 'db', environment: 'staging', actor: 'ada', rev: 1, every: 86_400_000 });
    expect(published).toMatchObject([
      { type: 'secretSettingsPut', item: 'SECRET#db', actor: 'ada', data: { system: 'redis', reason: 'first' } },
    ]);
    const again = await putSettings(deps, { ...change, ifRev: 1 }, (found) => ({
      ...(found ?? POLICY),
      every: undefined,
      enabled: false,
    }));
    expect(again).toMatchObject({ enabled: false, rev: 2 });
    expect(again.every).toBeUndefined();
  });

  it('are one for a name and for its ARN', async () => {
    const { deps } = runBed();
    await putSettings(deps, { ...change, secretId: 'prod/db' }, () => POLICY);
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbC123';
    expect((await loadSettings(deps, arn))?.secretId).toBe('prod/db');
  });

  it('are refused at another revision than the one that was seen', async () => {
    const { deps } = runBed();
    await expect(putSettings(deps, { ...change, ifRev: 1 }, () => POLICY)).rejects.toMatchObject({ code: 'SECRET_REVISION' });
    await putSettings(deps, change, () => POLICY);
    await expect(putSettings(deps, { ...change, ifRev: 0 }, () => POLICY)).rejects.toThrow(/at revision 1/);
  });

  it('of two who write at once one is refused', async () => {
    const { deps } = runBed();
    const both = await Promise.allSettled([putSettings(deps, change, () => POLICY), putSettings(deps, change, () => POLICY)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await loadSettings(deps, 'db'))?.rev).toBe(1);
  });

  it('belong to one environment, and are not told of in another', async () => {
    const { deps } = runBed();
    await putSettings(deps, change, () => POLICY);
    const elsewhere = { ...change, environment: 'production' };
    await expect(requireSettings(deps, elsewhere)).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' });
    await expect(putSettings(deps, elsewhere, () => POLICY)).rejects.toMatchObject({ code: 'SECRET_SETTINGS' });
    expect((await requireSettings(deps, change)).environment).toBe('staging');
  });

  it('are refused where they cannot be', async () => {
    const { deps } = runBed();
    const put = (policy: Partial<RotationPolicy>) => putSettings(deps, change, () => ({ ...POLICY, ...policy }));
    await expect(put({ system: 'two-keys' })).rejects.toThrow(/needs one/);
    await expect(put({ task: './keys.ts#keys' })).rejects.toThrow(/two-keys/);
    await expect(put({ every: 14_400_000, overlap: 18_000_000 })).rejects.toThrow(/before the old credential/);
    expect(await loadSettings(deps, 'db')).toBeUndefined();
  });

  it('are listed by environment and name', async () => {
    const { deps, store } = runBed();
    for (const [secretId, environment] of [
      ['b', 'staging'],
      ['a', 'staging'],
      ['c', 'production'],
    ] as const)
      await putSettings(deps, { ...change, secretId, environment }, () => POLICY);
    expect((await listSettings(store, 'staging')).map(({ secretId }) => secretId)).toEqual(['a', 'b']);
    expect(await listSettings(store)).toHaveLength(3);
  });
});
