import { describe, expect, it } from 'vitest';
import type { RotationFunctionDeps } from '../../../../functions/rotate-secret/rotate-secret.ts';
import { rotationFunction } from '../../../../functions/rotate-secret/rotation-function.ts';
import type { Measure } from '../../../../shared/ports/telemetry.ts';
import { STEPS } from '../../../../shared/secrets/rotation/rotation-steps.ts';
import { OVERLAP, rotationBed, SECRET } from '../../shared/secrets/rotation/rotation-bed.ts';

const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 60_000 };
const ARN = `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${SECRET}-AbCdEf`;

/** The function of a secret, called as Lambda calls it. */
function bed(more: Partial<RotationFunctionDeps> = {}) {
  const plane = rotationBed();
  const measured: Measure[] = [];
  const observer = {
    telemetry: { log: () => {}, audit: () => {}, measure: (measures: readonly Measure[]) => void measured.push(...measures) },
    monitor: { begin: () => () => ({ crossed: [], cpuMs: 0, rssMb: 0 }) },
    facts: { service: 'slipway', environment: 'test', version: '1' },
    debugShare: 0,
  };
  const { clock, ids } = plane.deps;
  const lateFrom = async () => undefined;
  const handler = rotationFunction({
    ...{ clock, ids, observer: observer as never, now: () => clock.now(), lateFrom },
    rotation: async () => plane.deps,
    ...more,
  });
  const call = (Step: string, over: object = {}) => handler({ Step, SecretId: ARN, ClientRequestToken: 't1', ...over }, context);
  return { ...plane, call, measured };
}

describe('the function of a rotated secret', () => {
  it('takes the four steps by the ARN that Secrets Manager gives, and revokes when it is asked after the overlap', async () => {
    const plane = bed();
    plane.begin();
    for (const step of STEPS) expect(await plane.call(step)).toEqual({ outcome: 'done' });
    const since = plane.windows[0]?.since ?? Number.NaN;
    expect(plane.windows).toEqual([{ secretId: SECRET, token: 't1', since }]);
    const revokeAt = plane.clock.now() + OVERLAP;
    expect(await plane.call('revokeSecret', { since })).toEqual({ outcome: 'wait', until: revokeAt });
    await plane.clock.advanceTo(plane.clock.now() + OVERLAP);
    expect(await plane.call('revokeSecret', { since })).toEqual({ outcome: 'revoked' });
    expect(await plane.call('revokeSecret', { since: since + 1 })).toEqual({ outcome: 'superseded' });
  });

  it('makes the old credential the current one again', async () => {
    const plane = bed();
    await plane.rotate();
    const before = await plane.value('AWSPREVIOUS');
    expect(await plane.call('restoreSecret')).toEqual({ outcome: 'done' });
    expect(await plane.value('AWSCURRENT')).toEqual(before);
  });

  it.each([
    ['an unknown step', 'sellSecret', {}],
    ['a revocation of no window', 'revokeSecret', {}],
    ['a step of another version', 'setSecret', { ClientRequestToken: 't9' }],
  ])('refuses %s', async (_, step, over) => {
    const plane = bed();
    plane.begin();
    await expect(plane.call(step, over)).rejects.toMatchObject({ name: 'RotationStepError' });
  });

  it.each([[{ SecretId: '' }], [{ ClientRequestToken: 7 }], [{ Step: null }]])('refuses an event with %j', async (over) => {
    await expect(bed().call('createSecret', over)).rejects.toMatchObject({ name: 'InvalidInputError' });
  });

  it('measures that a rotation is late, and tells nothing of one in time', async () => {
    const late = bed({ lateFrom: async (id) => (id === SECRET ? 0 : undefined) });
    expect(await late.call('checkSecret', { ClientRequestToken: undefined })).toEqual({ outcome: 'late' });
    expect(late.measured).toEqual([{ name: 'slipway_rotations_late_total', value: 1, labels: { secret: SECRET } }]);
    for (const lateFrom of [async () => undefined, async () => Number.MAX_SAFE_INTEGER]) {
      const plane = bed({ lateFrom });
      expect(await plane.call('checkSecret', { ClientRequestToken: undefined })).toEqual({ outcome: 'in-time' });
      expect(plane.measured).toEqual([]);
    }
  });
});
