import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FIRST, MINUTE, RotatedSecret, SECRET } from './rotated-secret.ts';

const example = new URL('../../examples/api-keys/', import.meta.url);

it('rotates the key of the example by its plan, and takes it back', { timeout: 90_000 }, async () => {
  const bed = await RotatedSecret.start({ environment: 'local' });
  const service = String((await bed.vault.get(SECRET))['service']);
  const text = readFileSync(new URL('plan.yaml', example), 'utf8')
    .replaceAll('http://127.0.0.1:8787', service)
    .replace('secretId: api-key', `secretId: ${SECRET}`);
  const answer = await bed.plane.call('start-run', { plan: { text, file: 'plan.yaml' } });
  const runId = answer.dryRun ? '' : answer.run.id;
  const run = await bed.plane.ended(runId);
  expect(run).toMatchObject({ status: 'succeeded', checks: [{ name: 'service', outcome: 'pass' }] });
  expect(await bed.window()).toMatchObject({ status: 'open', overlap: 10 * MINUTE });
  expect(await bed.current()).not.toBe(FIRST);
  await bed.plane.call('rollback-run', { runId, reason: 'a consumer was forgotten' });
  expect((await bed.plane.ended(runId)).status).toBe('rolled-back');
  expect(await bed.current()).toBe(FIRST);
});
