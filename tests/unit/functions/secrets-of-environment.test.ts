import { describe, expect, it } from 'vitest';
import { MemorySecrets } from '../../../adapters/memory/secrets.ts';
import { rotatorOf, secretsOfEnvironment } from '../../../functions/secrets-of-environment.ts';
import { CURRENT, PENDING } from '../../../shared/ports/secrets.ts';

const OURS = 'slipway-test-secret-db';
const ARN = `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${OURS}-AbCdEf`;

const names = { prefix: 'slipway-test-secret-', adopted: new Map([['orders/old', 'slipway-test-secret-orders']]) };

function bed(prefix: string | undefined) {
  const kept = new MemorySecrets();
  for (const id of [OURS, ARN, 'orders/db', 'orders/old', 'slipway-staging-secret-db']) kept.create(id, 'v0', 'value');
  return secretsOfEnvironment(kept, { ...names, prefix });
}

describe('the secrets of an environment', () => {
  it.each([OURS, ARN])('are there by name and by ARN: %s', async (id) => {
    const secrets = bed('slipway-test-secret-');
    expect(await secrets.describe(id)).toMatchObject({ id });
    expect(await secrets.read(id, { stage: CURRENT })).toEqual({ version: 'v0', text: 'value' });
    await secrets.put(id, 'v1', 'next', PENDING);
    await secrets.moveStage(id, CURRENT, { from: 'v0', to: 'v1' });
    expect(await secrets.read(id, { stage: CURRENT })).toEqual({ version: 'v1', text: 'next' });
  });

  it.each(['orders/db', 'slipway-staging-secret-db'])('are all that there is: not %s', async (id) => {
    expect(await bed('slipway-test-secret-').describe(id)).toBeUndefined();
    expect(await bed('slipway-test-secret-').read(id, { stage: CURRENT })).toBeUndefined();
  });

  it('are those, too, that were there before and were adopted', async () => {
    expect(await bed(names.prefix).describe('orders/old')).toMatchObject({ id: 'orders/old' });
  });

  it('are none where a function knows of none', async () => {
    expect(await bed(undefined).describe(OURS)).toBeUndefined();
  });
});

describe('the function that rotates a secret', () => {
  it.each([
    [OURS, OURS],
    [ARN, OURS],
    ['orders/old', 'slipway-test-secret-orders'],
    [ARN.replace(OURS, 'orders/old'), 'slipway-test-secret-orders'],
    ['orders/db', undefined],
    ['constructor', undefined],
    ['slipway-staging-secret-db', undefined],
  ])('of %s is %s', (secretId, expected) => {
    expect(rotatorOf(names, secretId)).toBe(expected);
  });
});
