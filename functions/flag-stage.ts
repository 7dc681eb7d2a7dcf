import { PreparationError } from '../shared/errors/run-errors.ts';
import { flagDefinition, MOST_FLAG_BYTES } from '../shared/flags/flag-document.ts';
import { atStage } from '../shared/flags/stage.ts';
import type { RolloutComponent } from '../shared/plan/plan.ts';
import type { DocumentAt } from '../shared/rollout/shift-stage.ts';
import { requireStage } from '../shared/rollout/stage.ts';
import type { FlagDocument } from '../shared/run/flag-state.ts';

/** The document of a rollout's flag at one of its stages. Throws PreparationError where the flag cannot be split so, or kept. */
export const documentAt =
  (component: RolloutComponent): DocumentAt =>
  (before, index) => {
    const { percent, customers } = requireStage(component, index);
    const { from, to, by } = component;
    const staged = atStage(flagDefinition.parse(before), { percent, customers: [...customers], by }, { from, to });
    if (!staged.ok) {
      throw new PreparationError(`The flag ${component.flag} cannot be at ${percent} %: ${staged.reason}`, {
        next: `slipway flags get ${component.flag}, then correct it.`,
      });
    }
    const text = JSON.stringify(staged.flag);
    const bytes = Buffer.byteLength(text);
    if (bytes <= MOST_FLAG_BYTES) return JSON.parse(text) as FlagDocument;
    const fact = `The flag ${component.flag} has ${bytes} bytes with ${customers.length} customers; at most ${MOST_FLAG_BYTES} are kept.`;
    throw new PreparationError(fact, { next: 'Name fewer customers, or tell them by an attribute in the rule of the flag.' });
  };
