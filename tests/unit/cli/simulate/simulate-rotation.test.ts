import { describe, expect, it } from 'vitest';
import { ROTATION_FAILURES } from '../../../../cli/simulate/rotation-failures.ts';
import { simulateRotation } from '../../../../cli/simulate/simulate-rotation.ts';

const all = Object.entries(ROTATION_FAILURES);

/** Failures that end a rotation; all others pass, and it goes on. */
const ENDS: { readonly [name: string]: string } = {
  disabled: 'ROTATION_STEP',
  deleted: 'SECRET_NOT_FOUND',
  'not-json': 'SECRET_SHAPE',
  binary: 'SECRET_BINARY',
  'access-denied': 'SECRET_ACCESS',
  'other-server': 'SECRET_MISMATCH',
  'value-refused': 'VALUE_REFUSED',
  'all-wrong': 'CREDENTIAL',
};

describe.each(['postgresql', 'redis', 'postgresql-single-user'] as const)('a simulated rotation (%s)', (system) => {
  it.each(all)('loses nothing: %s', async (name, failure) => {
    const simulated = await simulateRotation(failure, { system, overlap: 900_000 });
    expect(simulated.checks.filter(({ holds }) => !holds)).toEqual([]);
    expect([simulated.outcome, simulated.stoppedBy?.code]).toEqual(
      name in ENDS ? ['unchanged', ENDS[name]] : ['rotated', undefined],
    );
    expect(simulated.deaths).toBe(
      name.startsWith('crash-') && !(system === 'postgresql-single-user' && name.endsWith('revoke')) ? 1 : 0,
    );
    expect(simulated.logins.tried).toBeGreaterThan(name in ENDS ? -1 : 100);
  });
});

describe('a simulated rotation', () => {
  it('tells what is wrong: a rotation that revokes too early is found out', async () => {
    const early = {
      what: 'somebody sets another password',
      stand:
        () => async (effect: string, perform: () => Promise<unknown>, world: { server: { valid: Map<string, Set<string>> } }) => {
          const answer = await perform();
          if (effect === 'install') world.server.valid.set('app', new Set(['made-password-9']));
          return answer;
        },
    };
    const { checks } = await simulateRotation(early, { system: 'redis', overlap: 900_000 });
    expect(checks.filter(({ holds }) => !holds).map(({ what }) => what)).toEqual([
      'the server takes the credential that applications read',
      'no application was refused that reads the secret again within the overlap',
      'nothing is valid at the server that no version of the secret holds',
    ]);
  });
});
