import { expect, it, onTestFinished } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { BAD_TOKENS } from './bad-tokens.ts';
import { Plane } from './plane.ts';
import { AUDIENCE, TokenIssuer } from './token-issuer.ts';

const plan: PlanInput = {
  slipway: 1,
  name: 'short',
  target: 'staging/shop',
  phases: [{ name: 'only', components: [{ name: 'pause', kind: 'wait', for: '1ms' }] }],
};

async function withIssuer() {
  const issuer = await TokenIssuer.listen();
  onTestFinished(() => issuer.close());
  const tokenIssuer = { issuer: issuer.url, audience: [AUDIENCE], rolesClaim: 'slipway:roles' };
  return { issuer, plane: await Plane.start({ tokenIssuer }) };
}

it('lets people do what the grants of their OpenID tokens say, beside whoever has a token of its own', async () => {
  const { issuer, plane } = await withIssuer();
  const operator = await issuer.token('ada', 'staging:operator');
  const started = await plane.send('start-run', plane.source(plan), operator);
  expect(started).toMatchObject({ status: 200, body: { run: { actor: 'ada' } } });
  const { run } = started.body as { readonly run: { readonly id: string } };
  const viewer = await issuer.token('bob', 'staging:viewer');
  expect((await plane.send('get-run', { runId: run.id }, viewer)).status).toBe(200);
  expect(await plane.send('pause-run', { runId: run.id }, viewer)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  const elsewhere = await issuer.token('eve', 'production:admin');
  expect((await plane.send('get-run', { runId: run.id }, elsewhere)).status).toBe(404);
  await plane.ended(run.id);
});

it('answers 401 to tokens that are forged, stale, early or of others', async () => {
  const { issuer, plane } = await withIssuer();
  for (const [wrong, forged] of Object.entries(BAD_TOKENS)) {
    const answer = await plane.send('list-runs', {}, await forged(issuer));
    expect(answer, `a token that ${wrong}`).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  }
  expect((await plane.send('list-runs', {}, await issuer.token('ada', 'staging:viewer'))).status).toBe(200);
});
