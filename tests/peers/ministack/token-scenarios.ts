import { describe, expect, it } from 'vitest';
import { BAD_TOKENS } from '../../scenarios/bad-tokens.ts';
import type { Bed } from '../../scenarios/bed.ts';
import type { PeerPlane } from './peer-plane.ts';

/** Who is let in where people come with tokens, and machines sign. */
export function tokenScenarios(bed: Bed, deployed: () => PeerPlane): void {
  const status = async (path: string, authorization?: string) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const response = await fetch(deployed().urlOf(path), { headers });
    await response.text();
    return response.status;
  };

  describe('the API', () => {
    it('answers nobody who brings no token, or does not sign where machines do', async () => {
      expect(await status('/v1/runs')).toBe(401);
      expect(await status('/machine/v1/runs')).toBe(403);
      expect((await deployed().call('list-runs', {})).runs).toBeInstanceOf(Array);
    });

    it('lets a person do what the grants of their token say, and no more', async () => {
      const plane = deployed();
      const task = { name: 'one', kind: 'task' as const, run: bed.code('step'), items: ['a'] };
      const source = plane.source({
        slipway: 1,
        name: 'by-token',
        target: bed.target('by-token'),
        phases: [{ name: 'only', components: [task] }],
      });
      await plane.clear();
      const operator = await plane.issuer.token('ada', 'test:operator');
      const started = await plane.send('start-run', source, operator);
      expect(started).toMatchObject({ status: 200, body: { run: { actor: 'ada' } } });
      const { run } = started.body as { readonly run: { readonly id: string } };
      await plane.ended(run.id);
      const viewer = await plane.issuer.token('bob', 'test:viewer');
      expect((await plane.send('get-run', { runId: run.id }, viewer)).status).toBe(200);
      expect(await plane.send('rollback-run', { runId: run.id, reason: 'no' }, viewer)).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN' },
      });
      const elsewhere = await plane.issuer.token('eve', 'staging:admin');
      expect((await plane.send('get-run', { runId: run.id }, elsewhere)).status).toBe(404);
      const { entries } = await plane.call('list-audit', { actor: 'bob' });
      expect(entries).toMatchObject([{ type: 'accessDenied', actor: 'bob' }]);
    });

    it.each(Object.entries(BAD_TOKENS))('refuses a token that %s', async (_wrong, forged) => {
      expect(await status('/v1/runs', `Bearer ${await forged(deployed().issuer)}`)).toBe(401);
    });
  });
}
