import { describe, expect, it } from 'vitest';
import { RollbackWindowError } from '../../../../shared/errors/run-errors.ts';
import { completes, requireNoWayBack, requireWindowClosed } from '../../../../shared/rollout/no-way-back.ts';
import { inFirstStage, rollout } from './rollout-bed.ts';

const HOUR = 3_600_000;
const stages = { off: 'off', down: 'ramp-down', done: 'complete' };
const flag = (more: object) => ({ state: 'ENABLED', variants: stages, defaultVariant: 'off', ...more });

describe('completes', () => {
  it.each([
    [true, flag({ defaultVariant: 'done' })],
    [true, flag({ targeting: { if: [{ in: [{ var: 'customer' }, ['acme']] }, 'done', 'down'] } })],
    [
      true,
      flag({
        targeting: {
          fractional: [
            ['done', 1],
            ['down', 99],
          ],
        },
      }),
    ],
    [false, flag({})],
    [
      false,
      flag({
        targeting: {
          fractional: [
            ['off', 1],
            ['down', 99],
          ],
        },
      }),
    ],
    [false, flag({ state: 'DISABLED', defaultVariant: 'done' })],
    [false, { state: 'ENABLED', variants: { done: 'complete', draft: 'draft' }, defaultVariant: 'done' }],
    [false, { state: 'ENABLED', variants: { done: true }, defaultVariant: 'done' }],
  ])('is %s of %j', (expected, document) => expect(completes(document)).toBe(expected));
});

describe('the last stage of a migration', () => {
  /** A run that ended well, an hour ago at most. */
  const ended = async () => {
    const bed = await inFirstStage({ rollbackWindow: '1h' });
    await bed.finish();
    return { bed, reach: () => ({ store: bed.store, now: bed.clock.now() }) };
  };

  it('waits until a guardrail can send the flag back no longer', async () => {
    const { bed, reach } = await ended();
    const error: unknown = await requireWindowClosed(reach(), await bed.flag()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RollbackWindowError);
    expect(error).toMatchObject({ code: 'ROLLBACK_WINDOW', message: expect.stringContaining(bed.id) });
    await bed.clock.advanceTo(bed.clock.now() + HOUR + 1);
    await requireWindowClosed(reach(), await bed.flag());
  });

  it('need not wait for a run that has gone back', async () => {
    const { bed, reach } = await ended();
    await bed.trip();
    await bed.goBack();
    await requireWindowClosed(reach(), await bed.flag());
  });

  it('is entered by a rollout without a window of its own, after those of the runs before', async () => {
    const { bed, reach } = await ended();
    const migration = { ...(await bed.flag()), document: flag({}) };
    const last = rollout({ from: 'down', to: 'done', rollbackWindow: '0s' });
    await expect(requireNoWayBack(reach(), migration, last)).rejects.toThrow(bed.id);
    await requireNoWayBack(reach(), migration, rollout({ from: 'off', to: 'down' }));
    await bed.clock.advanceTo(bed.clock.now() + HOUR + 1);
    await requireNoWayBack(reach(), migration, last);
    await expect(requireNoWayBack(reach(), migration, { ...last, rollbackWindow: 1 })).rejects.toMatchObject({
      next: 'Write rollbackWindow: 0s.',
    });
  });
});
