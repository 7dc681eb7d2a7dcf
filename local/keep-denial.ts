import type { Observer } from '../functions/observer.ts';
import { EVERYWHERE } from '../shared/access/caller.ts';
import { denialWrite } from '../shared/access/denial.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Ids } from '../shared/ports/ids.ts';
import type { Store } from '../shared/ports/store.ts';

export interface KeepDenialDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'next'>;
  readonly observer?: Observer | undefined;
  readonly onFault: (error: unknown) => void;
}

/** Who asked the server itself for what tells of every environment, without a role in every one. */
export interface Denied {
  readonly actor: string;
  readonly route: string;
  readonly requestId: string;
}

/** Keeps what the server itself refuses as functions keep what they refuse. The caller is refused whatever becomes of it. */
export const keepDenial =
  ({ store, clock, ids, observer, onFault }: KeepDenialDeps) =>
  async (denied: Denied): Promise<void> => {
    const denial = { ...denied, id: ids.next(), at: clock.now(), takes: 'viewer', environment: EVERYWHERE } as const;
    observer?.telemetry.audit({ action: denied.route, outcome: 'denied', ...denial });
    await store.write(denialWrite(denial)).catch(onFault);
  };
