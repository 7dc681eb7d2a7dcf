import { expect, it } from 'vitest';
import { rotationToken } from '../../../../../shared/secrets/rotation/rotation-token.ts';

it('is the same for the same asking, of this secret alone, and as long as Secrets Manager wants it', () => {
  expect(rotationToken('db', 'run/1')).toBe(rotationToken('db', 'run/1'));
  expect(rotationToken('db', 'run/1')).not.toBe(rotationToken('db2', 'run/1'));
  expect(rotationToken('db', 'run/1')).not.toBe(rotationToken('db', 'run/2'));
  expect(rotationToken('db', 'x'.repeat(1000))).toMatch(/^[0-9a-f]{40}$/);
});
