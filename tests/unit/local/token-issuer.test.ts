import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../adapters/embedded/system-clock.ts';
import { bearersOf } from '../../../local/token-issuer.ts';
import { BAD_TOKENS } from '../../scenarios/bad-tokens.ts';
import { AUDIENCE, TokenIssuer } from '../../scenarios/token-issuer.ts';

let issuer: TokenIssuer;
let lines: string[];

beforeAll(async () => {
  issuer = await TokenIssuer.listen();
});
afterAll(() => issuer.close());

const bearerOf = (token: string, over: { readonly issuer?: string; readonly audience?: readonly string[] } = {}) => {
  lines = [];
  const of = { issuer: issuer.url, audience: [AUDIENCE], rolesClaim: 'slipway:roles', ...over };
  return bearersOf(of, { clock: systemClock, log: (line) => void lines.push(line) })(token);
};

describe('a token of an OpenID provider', () => {
  it('tells who bears it, and the roles that its claim says', async () => {
    expect(await bearerOf(await issuer.token('ada', 'staging:operator', '*:viewer'))).toEqual({
      actor: 'ada',
      roles: ['staging:operator', '*:viewer'],
    });
    const asText = { ...issuer.claims('ada'), 'slipway:roles': 'staging:operator *:viewer' };
    expect(await bearerOf(await issuer.sign(asText))).toMatchObject({ roles: ['staging:operator', '*:viewer'] });
  });

  it('opens nothing where it grants nothing, though it is good', async () => {
    const { 'slipway:roles': _, ...claims } = issuer.claims('ada');
    expect(await bearerOf(await issuer.sign(claims))).toEqual({ actor: 'ada', roles: [] });
  });

  it('is for any of the audiences, or for its client where it has none', async () => {
    const { aud: _, ...claims } = issuer.claims('ada');
    const audience = ['another', AUDIENCE];
    expect(await bearerOf(await issuer.token('ada'), { audience })).toMatchObject({ actor: 'ada' });
    expect(await bearerOf(await issuer.sign({ ...claims, aud: ['x', AUDIENCE] }))).toMatchObject({ actor: 'ada' });
    expect(await bearerOf(await issuer.sign({ ...claims, client_id: AUDIENCE }))).toMatchObject({ actor: 'ada' });
    expect(await bearerOf(await issuer.sign({ ...claims, aud: 'x', client_id: AUDIENCE }))).toBeUndefined();
  });

  it.each(Object.entries(BAD_TOKENS))('is refused where it %s', async (_wrong, forged) => {
    expect(await bearerOf(await forged(issuer))).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('is refused where it never expires', async () => {
    const { exp: _, ...claims } = issuer.claims('ada');
    expect(await bearerOf(await issuer.sign(claims))).toBeUndefined();
  });

  it('is refused, and whoever runs it is told, where the provider does not answer as one', async () => {
    const elsewhere = `${issuer.url}/elsewhere`;
    expect(await bearerOf(await issuer.sign({ ...issuer.claims('ada'), iss: elsewhere }), { issuer: elsewhere })).toBeUndefined();
    expect(lines).toEqual([expect.stringMatching(/^Tokens of http.*elsewhere cannot be checked: .* answered 404$/)]);
    const slash = `${issuer.url}/`;
    expect(await bearerOf(await issuer.sign({ ...issuer.claims('ada'), iss: slash }), { issuer: slash })).toBeUndefined();
    expect(lines).toEqual([expect.stringMatching(/is of http/)]);
  });

  it('is looked at afresh once the provider answers again', async () => {
    const closed = await TokenIssuer.listen();
    const token = await closed.token('ada', '*:viewer');
    const of = { issuer: closed.url, audience: [AUDIENCE], rolesClaim: 'slipway:roles' };
    const told: string[] = [];
    const bearers = bearersOf(of, { clock: systemClock, log: (line) => void told.push(line) });
    closed.close();
    expect(await bearers(token)).toBeUndefined();
    expect(told).toEqual([expect.stringContaining('ECONNREFUSED')]);
    await closed.reopen();
    expect(await bearers(token)).toMatchObject({ actor: 'ada' });
    closed.close();
  });
});
