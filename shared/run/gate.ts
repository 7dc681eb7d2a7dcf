import type { Store } from '../ports/store.ts';
import { haltKey, runKey } from './keys.ts';

export type Gate = 'open' | 'paused' | 'halted';

/** Read before each forward intent, never before an undo: the emergency stop of the environment and the wish to pause. */
export async function readGate(store: Store, runId: string, environment: string): Promise<Gate> {
  const [halt, run] = await store.readMany([haltKey(environment), runKey(runId)]);
  if (halt?.['active'] === true) return 'halted';
  return run?.['status'] === 'pausing' || run?.['status'] === 'paused' ? 'paused' : 'open';
}
