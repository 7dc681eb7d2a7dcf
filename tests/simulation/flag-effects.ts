import { GuardrailTrippedError } from '../../shared/errors/run-errors.ts';
import { restoreFlag, shiftFlag } from '../../shared/run/flag-access.ts';
import { effective, type FlagDocument, readFlag } from '../../shared/run/flag-state.ts';
import type { JournalDeps } from '../../shared/run/journal.ts';
import { componentKey, flagKey } from '../../shared/run/keys.ts';
import type { RunWriter } from '../../shared/run/run-access.ts';
import type { StepEffects } from '../../shared/run/steps.ts';
import { readWork } from '../../shared/run/work-state.ts';
import type { SimComponent } from './receiver.ts';

const PLACE = { environment: 'staging' };

export const BEFORE_ANY_RUN: FlagDocument = { by: 'nobody', percent: 0 };

/** The document of a flag as the simulation shifts it: who stands behind how much. */
export const documentAt = (runId: string, percent: number): FlagDocument => ({ by: runId, percent });

export async function percentOf(deps: JournalDeps, flag: string): Promise<FlagDocument> {
  const item = await deps.store.read(flagKey(PLACE.environment, flag));
  if (!item) throw new Error(`no flag ${flag}`);
  return effective(readFlag(item));
}

/** Stages of a rollout: the flag item checks its owner, so these effects land only where the protocol lets them. */
export function flagEffects(deps: JournalDeps, writer: RunWriter, component: SimComponent, flag: string): StepEffects {
  return {
    count: component.steps,
    effect: 'idempotent',
    timeoutMs: 10_000,
    undoable: true,
    perform: async (step, deadline) => {
      const document = documentAt(writer.runId, Math.round((100 * (step + 1)) / component.steps));
      await shiftFlag(deps, writer, { ...PLACE, flag, document, deadline });
      return null;
    },
    undo: async (_, deadline) => {
      const item = await deps.store.read(componentKey(writer.runId, component.name));
      const point = item && readWork(item).rollbackPoint;
      if (!point) throw new Error(`no rollback point of ${component.name}`);
      await restoreFlag(deps, writer, { ...PLACE, flag, document: (point as { percent: FlagDocument }).percent, deadline });
    },
    probe: async () => false,
    retryAfter: (error, attempt) => (error instanceof GuardrailTrippedError || attempt >= 4 ? undefined : 500),
  };
}
