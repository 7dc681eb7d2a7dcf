import { describe, expect, it } from 'vitest';
import type { Execution, Workflow } from '../../../../../shared/ports/workflow.ts';
import { loadRotation } from '../../../../../shared/secrets/rotation/change-rotation.ts';
import { keepRevocations } from '../../../../../shared/secrets/rotation/keep-revocations.ts';
import { rotationKey } from '../../../../../shared/secrets/rotation/rotation-state.ts';
import { rotationBed, SECRET } from './rotation-bed.ts';

const HOUR = 3_600_000;

/** A rotated secret, and what becomes of the executions that are started for its window. */
function bed() {
  const plane = rotationBed();
  const started: string[] = [];
  const known = new Map<string, Pick<Execution, 'status' | 'stoppedAt'>>();
  const workflow: Pick<Workflow, 'arnOf' | 'describe' | 'start'> = {
    arnOf: (machine, name) => `${machine}:${name}`,
    describe: async (arn) => {
      const found = known.get(arn);
      return found && ({ arn, machine: 'revoke', name: arn, startedAt: 0, ...found } as Execution);
    },
    start: async (machine, name, input) => {
      started.push(name);
      known.set(`${machine}:${name}`, { status: 'RUNNING' });
      expect(input).toMatchObject({ secretId: SECRET, token: 't1' });
      return { arn: name };
    },
  };
  const keep = () => keepRevocations({ ...plane.deps, workflow });
  const ends = (name: string, status: Execution['status']) =>
    known.set(`revoke:${name}`, { status, stoppedAt: plane.clock.now() });
  return { ...plane, started, keep, ends, workflow };
}

describe('open windows', () => {
  it('are waited for anew where the execution never began', async () => {
    const plane = bed();
    await plane.rotate();
    expect(await plane.keep()).toEqual([]);
    await plane.clock.advanceTo(plane.clock.now() + 30_000);
    expect(await plane.keep()).toEqual([SECRET]);
    expect(plane.started).toEqual([`revoke-t1-${plane.windows[0]?.since}`]);
    expect(await plane.keep()).toEqual([]);
  });

  it.each(['FAILED', 'TIMED_OUT', 'ABORTED', 'SUCCEEDED'] as const)(
    'are waited for once an hour by another one where it has %s',
    async (status) => {
      const plane = bed();
      await plane.rotate();
      const first = `revoke-t1-${plane.windows[0]?.since}`;
      plane.ends(first, status);
      await plane.clock.advanceTo(plane.clock.now() + HOUR - 1);
      expect(await plane.keep()).toEqual([]);
      await plane.clock.advanceTo(plane.clock.now() + 1);
      expect(await Promise.all([plane.keep(), plane.keep()])).toContainEqual([SECRET]);
      expect(new Set(plane.started)).toEqual(new Set([`${first}-2`]));
      plane.ends(`${first}-2`, status);
      await plane.clock.advanceTo(plane.clock.now() + HOUR);
      await plane.keep();
      expect(plane.started.at(-1)).toBe(`${first}-3`);
      expect((await loadRotation(plane.deps, SECRET))?.window).toMatchObject({ status: 'open', attempt: 3 });
    },
  );

  it('are left alone while the execution runs, and when they are closed', async () => {
    const plane = bed();
    await plane.rotate();
    await plane.clock.advanceTo(plane.clock.now() + 30_000);
    await plane.keep();
    await plane.clock.advanceTo(plane.clock.now() + 100 * HOUR);
    expect(await plane.keep()).toEqual([]);
    expect(await plane.revoke()).toEqual({ outcome: 'revoked' });
    expect(await plane.keep()).toEqual([]);
    expect(plane.started).toHaveLength(1);
  });

  it('are looked after where another secret cannot be read', async () => {
    const plane = bed();
    await plane.rotate();
    await plane.clock.advanceTo(plane.clock.now() + 30_000);
    const broken = { open: 'rotation', openSort: 'a', secretId: 'a', schemaVersion: 99 };
    await plane.store.write({ name: 'test.put', key: rotationKey('a'), set: broken, when: [] });
    await expect(plane.keep()).rejects.toThrow();
    expect(plane.started).toHaveLength(1);
  });

  it('end all the same where their execution has begun more than once', async () => {
    const plane = bed();
    await plane.rotate();
    plane.ends(`revoke-t1-${plane.windows[0]?.since}`, 'FAILED');
    await plane.clock.advanceTo(plane.clock.now() + HOUR);
    await plane.keep();
    expect(await plane.revoke()).toEqual({ outcome: 'revoked' });
    expect((await loadRotation(plane.deps, SECRET))?.window).toMatchObject({ status: 'revoked', attempt: 2 });
  });
});
