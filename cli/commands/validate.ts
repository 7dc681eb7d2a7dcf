import type { Command } from 'commander';
import { checkPlanFile } from '../check-plan-file.ts';
import { EXIT } from '../exit-codes.ts';
import { counted } from '../render/figures.ts';
import { problemLines } from '../render/plan-problems.ts';
import type { Session } from '../session.ts';

export const addValidate = (program: Command, session: Session): Command =>
  program
    .command('validate <file>')
    .description('tell everything that is wrong with a plan; nothing starts')
    .action(async (file: string) => {
      const checked = await checkPlanFile(session, file);
      session.result(checked, (safe, paint) =>
        safe.valid
          ? [`${paint.green('Valid:')} ${safe.description.name} on ${safe.description.target} (${safe.digest.slice(0, 12)})`]
          : [...problemLines(file, safe.problems, paint), `${counted(safe.problems.length, 'problem')}; nothing was started.`],
      );
      if (!checked.valid) session.exitCode = EXIT.configuration;
    });
