import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type ShellName } from '../completion.ts';
import type { Session } from '../session.ts';

export const addCompletion = (program: Command, session: Session): Command =>
  program
    .command('completion')
    .description('print completions for a shell: source <(slipway completion bash)')
    .addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
    .action((shell: ShellName) => {
      const script = completionScript(shell, program);
      session.result({ shell, script }, (safe) => [safe.script.trimEnd()]);
    });
