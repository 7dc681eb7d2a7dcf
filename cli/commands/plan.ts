import type { Command } from 'commander';
import { renderPlan } from '../../shared/plan/render-plan.ts';
import { checkPlanFile } from '../check-plan-file.ts';
import { PlanFileError } from '../cli-errors.ts';
import type { Session } from '../session.ts';

export const addPlan = (program: Command, session: Session): Command =>
  program
    .command('plan <file>')
    .description('tell what a run would do, in order, with its checks and what cannot be undone')
    .action(async (file: string) => {
      const checked = await checkPlanFile(session, file);
      if (!checked.valid) throw new PlanFileError(checked.problems);
      session.result(checked.description, (description) => renderPlan(description));
    });
