import type { OnTransfer } from '../../adapters/telemetry/transfers.ts';
import type { Meter } from '../../shared/ports/meter.ts';
import { currentInvocation } from './invocation.ts';

/** Who is told what a request transfers that is made now: the call that is under way, where it works for a run. */
export function transferring(): OnTransfer | undefined {
  const present = currentInvocation()?.meter;
  return present && ((sent, received) => present.transferred(sent, received));
}

/** Of whatever call is under way. */
export const meter: Meter = {
  take: (ahead) => currentInvocation()?.meter?.take(ahead),
  giveBack: (used) => currentInvocation()?.meter?.giveBack(used),
};
