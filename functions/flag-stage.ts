import { PreparationError } from '../shared/errors/run-errors.ts';
import { flagDefinition } from '../shared/flags/flag-document.ts';
import { atStage } from '../shared/flags/stage.ts';
import type { RolloutComponent } from '../shared/plan/plan.ts';
import type { DocumentAt } from '../shared/rollout/shift-stage.ts';
import { requireStage } from '../shared/rollout/stage.ts';
import type { FlagDocument } from '../shared/run/flag-state.ts';

/** The document of a rollout's flag at one of its stages. Throws PreparationError where the flag cannot be split so. */
export const documentAt =
  (component: RolloutComponent): DocumentAt =>
  (before, index) => {
    const { percent, customers } = requireStage(component, index);
    const { from, to, by } = component;
    const staged = atStage(flagDefinition.parse(before), { percent, customers: [...customers], by }, { from, to });
    if (staged.ok) return JSON.parse(JSON.stringify(staged.flag)) as FlagDocument;
    throw new PreparationError(`The flag ${component.flag} cannot be at ${percent} %: ${staged.reason}`, {
      next: `slipway flags get ${component.flag}, then correct it.`,
    });
  };
