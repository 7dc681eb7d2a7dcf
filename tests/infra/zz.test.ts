import { it } from 'vitest';
import { Plane } from '../scenarios/plane.ts';
import { SECRETS } from './iam/secret-scenarios.ts';

it('x', { timeout: 60_000 }, async () => {
  const plane = await Plane.start({});
  for (const s of Object.values(SECRETS)) await s(plane);
});
