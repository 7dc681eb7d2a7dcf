import type { Plane } from '../../scenarios/plane.ts';
import { UnlockedVault } from '../../scenarios/unlocked-vault.ts';

const DAY = 86_400_000;
const secretId = 'sample';

async function failed(plane: Plane, version?: string): Promise<void> {
  for (;;) {
    const { rotation } = await plane.call('get-secret', { secretId });
    if (rotation?.status === 'failed' && (version ?? rotation.version) === rotation.version) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What people and the clock ask of secrets that are rotated. */
export const SECRETS: { readonly [name: string]: (plane: Plane) => Promise<void> } = {
  'a secret whose rotations fail for good, by a person and by the clock': async (plane) => {
    const vault = await UnlockedVault.open(plane.dataDir);
    try {
      // Its task does not say whether the service takes it: no rotation gets beyond that.
      await vault.put(secretId, { made: null });
      const of = { system: 'two-keys', task: './tasks.ts#step', baseDir: plane.baseDir } as const;
      await plane.call('put-secret', { secretId, ...of, every: DAY });
      await plane.call('put-secret', { secretId, enabled: false });
      await plane.call('enable-secret', { secretId });
      for (const _ of ['first', 'again']) await failed(plane, (await plane.call('ask-rotation', { secretId })).version);
      for (const _ of ['first', 'again'])
        await plane.send('restore-secret', { secretId, version: 'none' }, plane.token, 'one-restore');
      for (const _ of ['first', 'again']) {
        plane.forward(2 * DAY);
        await plane.invoke('keep-rotations', {});
        await failed(plane);
      }
      await plane.call('disable-secret', { secretId });
      await plane.call('enable-secret', { secretId });
      await plane.call('list-secrets', {});
      await plane.call('get-secret-history', { secretId });
    } finally {
      await vault.lock();
    }
  },
};
