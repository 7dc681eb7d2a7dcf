import type { EndpointOutput } from '../../shared/api/endpoints.ts';
import type { Session } from '../session.ts';
import { counted } from './figures.ts';
import type { Paint } from './paint.ts';

type Stopped = EndpointOutput<'emergency-stop'>;

/** What an emergency stop did, and how it goes on. `atTable`: the control plane was not there. */
export function stoppedLines(session: Session, stopped: Stopped, atTable: boolean, reason: string, paint: Paint): string[] {
  const { environment, halted, flags, runs, problems } = stopped;
  if (!halted) return [`${environment} is ${paint.green('free again')}: runs go forward. What was taken back stays so.`];
  const nothing = flags.length + runs.length + problems.length === 0;
  return [
    `${environment} is ${paint.red('stopped')}: ${reason}. No run goes forward until the stop is lifted.`,
    ...flags.map((key) => `  flag ${key} is on its old side`),
    ...runs.map((id) => `  run ${id} goes back`),
    ...(nothing ? ['  No flag was on its way, and no run.'] : []),
    ...(problems.length === 0
      ? []
      : [paint.red(`${counted(problems.length, 'problem')}:`), ...problems.map((problem) => `  ${problem}`)]),
    ...(atTable && runs.length > 0
      ? [
          'The rollbacks are written down: reconcile starts them soon after the control plane is back, and slipway rollback at once.',
        ]
      : []),
    ...runs.map((id) => `Watch:   ${session.commandLine('watch', id)}`),
    `Lift it: ${session.commandLine('stop', '--lift', '--environment', environment, '-m', 'REASON')}`,
  ];
}
