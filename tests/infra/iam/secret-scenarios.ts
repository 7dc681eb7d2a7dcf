import type { PlanInput } from '../../../shared/plan/plan.ts';
import type { Plane } from '../../scenarios/plane.ts';
import { UnlockedVault } from '../../scenarios/unlocked-vault.ts';

const DAY = 86_400_000;
const secretId = 'sample';

async function failed(plane: Plane, version?: string): Promise<void> {
  for (;;) {
    const { rotation } = await plane.call('get-secret', { secretId });
    if (rotation?.status === 'failed' && (version ?? rotation.version) === rotation.version) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const rotation = (onFailure: 'rollback' | 'stop'): PlanInput => ({
  ...{ slipway: 1, name: 'rotation', target: 'local/rotation', onFailure },
  phases: [{ name: 'only', components: [{ name: 'key', kind: 'rotate', secretId }] }],
});

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
      await plane.call('get-health', {});
      await plane.call('get-secret-history', { secretId });
    } finally {
      await vault.lock();
    }
  },

  'a plan that rotates a secret: one that fails for good, and one that is taken back': async (plane) => {
    const vault = await UnlockedVault.open(plane.dataDir);
    try {
      await vault.put(secretId, { made: null });
      const of = { secretId, system: 'two-keys', baseDir: plane.baseDir } as const;
      await plane.call('put-secret', { ...of, task: './tasks.ts#step' });
      await plane.call('validate-plan', plane.source(rotation('stop')));
      const failing = await plane.startRun(rotation('stop'));
      await plane.ended(failing);
      await plane.call('retry-run', { runId: failing });
      await plane.ended(failing);
      await plane.call('rollback-run', { runId: failing, reason: 'not to be had' });
      await plane.ended(failing);
      await plane.call('put-secret', { ...of, task: './tasks.ts#keys' });
      const done = await plane.startRun(rotation('rollback'));
      await plane.ended(done);
      await plane.call('rollback-run', { runId: done, reason: 'too new' });
      await plane.ended(done);
    } finally {
      await vault.lock();
    }
  },
};
