import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { healthLines } from '../render/health-report.ts';
import type { Session } from '../session.ts';

export function addHealth(program: Command, session: Session): Command {
  return program
    .command('health')
    .description('tell whether the control plane is well; ends with 1 where it is down')
    .action(async () => {
      const client = await session.client();
      const health = await client.call('get-health', {});
      session.result(health, healthLines);
      session.exitCode = health.status === 'down' ? EXIT.error : EXIT.ok;
    });
}
