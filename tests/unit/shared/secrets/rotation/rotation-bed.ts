import { MemorySecrets } from '../../../../../adapters/memory/secrets.ts';
import { dual, SimServer } from '../../../../../adapters/memory/simulated-servers.ts';
import { PENDING } from '../../../../../shared/ports/secrets.ts';
import { restoreOld } from '../../../../../shared/secrets/rotation/restore-old.ts';
import { revokeOld, type Window } from '../../../../../shared/secrets/rotation/revoke-old.ts';
import type { RotatedSystem } from '../../../../../shared/secrets/rotation/rotated-system.ts';
import type { RotationDeps } from '../../../../../shared/secrets/rotation/rotation-context.ts';
import { rotationStep, STEPS } from '../../../../../shared/secrets/rotation/rotation-steps.ts';
import { runBed } from '../../run/run-bed.ts';

export const SECRET = 'db';
export const OVERLAP = 900_000;
export const text = (more: object = {}): string => JSON.stringify({ host: 'h', username: 'app', password: 'first', ...more });

/** A secret `db`, current version `v0`, and its server, which lets in `app` with the password `first`. */
export function rotationBed(system: (server: SimServer) => RotatedSystem = dual, first = text()) {
  const { deps: run, clock, store } = runBed();
  const server = new SimServer('app', 'first');
  const secrets = new MemorySecrets();
  secrets.create(SECRET, 'v0', first);
  const windows: Window[] = [];
  let made = 0;
  const deps: RotationDeps = {
    ...run,
    ...{ secrets, system: system(server), overlap: OVERLAP },
    make: () => `made-${++made}`,
    workflow: {
      start: async (_machine, name, input) => {
        windows.push(input as unknown as Window);
        return { arn: name };
      },
    },
  };
  const step = (name: string, token = 't1') => rotationStep(deps, name, { secretId: SECRET, token });
  return {
    ...{ deps, clock, store, secrets, server, windows, step },
    begin: (token = 't1') => secrets.begin(SECRET, token, PENDING),
    rotate: async (token = 't1') => {
      secrets.begin(SECRET, token, PENDING);
      for (const name of STEPS) await step(name, token);
    },
    restore: (token = 't1') => restoreOld(deps, { secretId: SECRET, token }),
    revoke: () => revokeOld(deps, windows.at(-1) ?? { secretId: SECRET, token: 'none', since: 0 }),
    labels: async () => Object.fromEntries((await secrets.describe(SECRET))?.versions ?? []),
    value: async (stage: string) => JSON.parse((await secrets.read(SECRET, { stage }))?.text ?? '{}') as Record<string, unknown>,
  };
}
