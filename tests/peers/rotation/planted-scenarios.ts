import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { LineTelemetry } from '../../../adapters/telemetry/line-telemetry.ts';
import { CURRENT, PENDING, type Secrets } from '../../../shared/ports/secrets.ts';
import { STEPS } from '../../../shared/secrets/rotation/rotation-steps.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { replaced } from './changed-deps.ts';
import type { RotationPlane } from './rotation-plane.ts';
import { clearOf, type Opened, type ServerBed, wrongOf } from './server-bed.ts';

/** Credentials that are planted in rotations that succeed and in ones that fail; then everything that came out is looked through. */
export function plantedScenarios(bed: () => ServerBed, opened: Opened): void {
  it('lets no credential out: not in an error or its causes, an event, the store, our log, or the log of the server', async () => {
    const heard = new Heard();
    const make = () => `planted-${randomUUID()}`;
    const plane = await opened({ make });
    const planted = new Set<string>();
    const plant = async (stage = CURRENT) => planted.add(clearOf(bed(), await plane.fields(stage)));

    await rotateWithTheServerDown(plane, bed(), heard);
    await plant();
    if (bed().system.overlaps) await heard.failure(plane.rotate());
    const first = await plane.fields();
    await plane.revoke();
    await heard.failure(plane.step('setSecret', plane.begin()));
    const token = await plane.rotate();
    await plant();
    await plane.revoke();
    await heard.failure(plane.restore(token));
    await heard.failure(rotateTo(plane, { ...first, host: '192.0.2.1' }));
    await heard.failure(rotateTo(plane, wrongOf(bed(), first), ['testSecret']));
    await brokenJson(plane, [...planted], heard);

    const without = await opened({ make, master: undefined }, (fields) => fields);
    const refused = await opened({ make }, (fields) => wrongOf(bed(), fields));
    for (const each of [without, refused]) {
      await heard.end(each.rotate());
      for (const stage of [CURRENT, PENDING]) planted.add(clearOf(bed(), await each.fields(stage).catch(() => first)));
    }
    planted.delete(clearOf(bed(), wrongOf(bed(), first)));
    planted.delete('first');

    const stored = await Promise.all([plane, without, refused].map(({ store, id }) => store.list(`SECRET#${id}`)));
    const told = [...heard.lines, inspect([plane.events, without.events, stored], { depth: 20 }), await bed().log()].join('\n');
    expect(planted.size).toBeGreaterThan(2);
    expect([...planted].filter((value) => value.length < 16 || told.includes(value))).toEqual([]);
    // What was looked through is there: otherwise nothing would be proven.
    for (const part of [
      'SERVER_UNAVAILABLE',
      'SECRET_MISMATCH',
      'SECRET_SHAPE',
      'ROTATION_STEP',
      'CREDENTIAL',
      'rotationFinished',
    ])
      expect(told).toContain(part);
  }, 120_000);
}

const CONTEXT = { service: 'slipway', environment: 'test', version: '1' };

/** What comes out of rotations: errors as they are, with all that hangs on them, and as the log has them. */
class Heard {
  readonly lines: string[] = [];
  readonly #telemetry = new LineTelemetry({
    ...{ clock: { now: () => 0 }, level: 'debug', context: () => CONTEXT, measure: () => {} },
    write: (line) => void this.lines.push(line),
  });

  async failure(call: Promise<unknown>): Promise<void> {
    await expect(this.end(call)).resolves.toBe('failed');
  }

  async end(call: Promise<unknown>): Promise<'done' | 'failed'> {
    try {
      await call;
      return 'done';
    } catch (error) {
      this.#telemetry.log('error', 'A step failed.', { error });
      this.lines.push(inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error), String(error));
      return 'failed';
    }
  }
}

async function rotateWithTheServerDown(plane: RotationPlane, bed: ServerBed, heard: Heard): Promise<void> {
  const token = plane.begin();
  await plane.step('createSecret', token);
  await bed.down();
  try {
    for (const step of STEPS.slice(1)) await heard.failure(plane.step(step, token));
  } finally {
    await bed.up();
  }
  for (const step of STEPS.slice(1)) await plane.step(step, token);
}

async function rotateTo(plane: RotationPlane, fields: SecretFields, steps: readonly string[] = STEPS): Promise<void> {
  const token = randomUUID();
  await plane.secrets.put(plane.id, token, JSON.stringify(fields), PENDING);
  for (const step of steps) await plane.step(step, token);
}

/** The parser's own message would hold the beginning of what it was given. */
async function brokenJson(plane: RotationPlane, planted: readonly string[], heard: Heard): Promise<void> {
  for (const value of planted) {
    const read = async () => ({ version: 'v', text: `{"password":"${value}` });
    const deps = { ...plane.deps, secrets: replaced(plane.secrets as Secrets, { read }) };
    await heard.failure(plane.step('createSecret', plane.begin(), deps));
  }
}
