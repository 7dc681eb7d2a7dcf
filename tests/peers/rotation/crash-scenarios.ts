import { expect, it } from 'vitest';
import { SlipwayError } from '../../../shared/errors/slipway-error.ts';
import { CURRENT } from '../../../shared/ports/secrets.ts';
import type { RotationDeps } from '../../../shared/secrets/rotation/rotation-context.ts';
import { STEPS } from '../../../shared/secrets/rotation/rotation-steps.ts';
import { Crash, Fate } from '../../simulation/rotation/crash.ts';
import { mortal, replaced } from './changed-deps.ts';
import type { RotationPlane } from './rotation-plane.ts';
import type { Opened, ServerBed } from './server-bed.ts';

/** Each rotation has a dozen side effects, and each of them is died at once on a real server. */
const MANY_MS = 180_000;

/** What a rotation leaves behind where it dies, or is cut off, in the middle. */
export function crashScenarios(bed: () => ServerBed, opened: Opened): void {
  it.each(['before', 'after'] as const)(
    'goes on where it died %s any side effect, and leaves nobody outside',
    async (when) => {
      let died = 0;
      for (let at = 1; ; at += 1, died += 1) {
        const plane = await opened();
        const fate = new Fate(at, when === 'after');
        await rotateOnce(plane, mortal(plane.deps, fate), bed());
        if (fate.calls < at) break;
      }
      expect(died).toBeGreaterThan(8);
    },
    MANY_MS,
  );

  const held: readonly [string, string, (deps: RotationDeps, door: Door) => RotationDeps][] = [
    ['value is written', 'createSecret', (deps, door) => ({ ...deps, secrets: door.before(deps.secrets, 'put') })],
    ['server is changed', 'setSecret', (deps, door) => ({ ...deps, system: door.before(deps.system, 'install') })],
    ['label moves', 'finishSecret', (deps, door) => ({ ...deps, secrets: door.before(deps.secrets, 'moveStage') })],
  ];
  it.each(held)('goes on where time ran out before the %s, and bears what wakes up later', async (_what, step, hold) => {
    const plane = await opened();
    const before = await plane.fields();
    const token = plane.begin();
    for (const earlier of STEPS.slice(0, STEPS.indexOf(step as 'setSecret'))) await plane.step(earlier, token);
    const door = new Door();
    const frozen = plane.step(step, token, hold(plane.deps, door)).catch((error: unknown) => error);
    await door.reached;
    for (const each of STEPS) await plane.step(each, token);
    const after = await plane.fields();
    door.open();
    const woken = await frozen;
    if (woken !== undefined) expect(woken).toBeInstanceOf(SlipwayError);
    expect(await plane.fields()).toEqual(after);
    await judge(plane, bed(), before);
    if (bed().system.overlaps) expect(await plane.revoke()).toBe('revoked');
    expect(await bed().letsIn(await plane.fields())).toBe(true);
  });
}

/** A rotation and its revocation, step by step; whatever dies is called again, as Secrets Manager and the machine do. */
async function rotateOnce(plane: RotationPlane, dying: RotationDeps, bed: ServerBed): Promise<void> {
  const before = await plane.fields();
  const token = plane.begin();
  for (const step of STEPS) {
    await again(
      (deps) => plane.step(step, token, deps),
      dying,
      plane.deps,
      () => judge(plane, bed, before),
    );
  }
  const after = await plane.fields();
  expect(after).not.toEqual(before);
  await again(
    (deps) => plane.revoke(deps),
    dying,
    plane.deps,
    async () => expect(await bed.letsIn(after)).toBe(true),
  );
  expect([await bed.letsIn(before), await bed.letsIn(after)]).toEqual([false, true]);
  const versions = [...((await plane.secrets.describe(plane.id))?.versions.values() ?? [])];
  expect(versions.filter((stages) => stages.includes(CURRENT))).toHaveLength(1);
}

async function again(
  call: (deps: RotationDeps) => Promise<unknown>,
  dying: RotationDeps,
  living: RotationDeps,
  judged: () => Promise<void>,
): Promise<void> {
  try {
    await call(dying);
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    await judged();
    await call(living);
  }
}

/** What applications read as current is let in, and so is what they may have cached. */
async function judge(plane: RotationPlane, bed: ServerBed, before: Parameters<ServerBed['letsIn']>[0]): Promise<void> {
  if (!bed.system.overlaps) return;
  expect([await bed.letsIn(await plane.fields()), await bed.letsIn(before)]).toEqual([true, true]);
}

/** Holds a call until it is opened: a sandbox that froze before it. */
class Door {
  readonly #reached = Promise.withResolvers<void>();
  readonly #opened = Promise.withResolvers<void>();

  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  open(): void {
    this.#opened.resolve();
  }

  before<T extends object>(target: T, method: keyof T & string): T {
    const call = Reflect.get(target, method) as (...given: unknown[]) => unknown;
    const late = async (...given: unknown[]) => {
      this.#reached.resolve();
      await this.#opened.promise;
      return call.apply(target, given);
    };
    return replaced(target, { [method]: late } as Partial<T>);
  }
}
