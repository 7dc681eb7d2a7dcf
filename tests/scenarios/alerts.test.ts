import { expect, it } from 'vitest';
import { raised, TOLD } from '../infra/iam/told-scenarios.ts';
import { Plane } from './plane.ts';

it('tells of a run that failed, by itself, and goes on to know it after a restart', { timeout: 60_000 }, async () => {
  const plane = await Plane.start();
  await TOLD['an alert that is told and acknowledged']?.(plane);
  const before = await raised(plane);
  await plane.restart();
  expect(await raised(plane)).toEqual(before);
  expect(before).toMatchObject({ code: 'MIGRATION_FAILED', severity: 'critical', status: 'acknowledged', count: 1 });
  expect(before.next).toContain('slipway ');
});
