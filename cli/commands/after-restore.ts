import type { Command } from 'commander';
import { restoreItems } from '../../shared/run/restore-items.ts';
import { UsageError } from '../cli-errors.ts';
import { parseWhole } from '../options.ts';
import type { Session } from '../session.ts';

interface Options {
  readonly from: string;
  readonly to: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly by: number;
  readonly replace?: boolean;
  readonly yes?: boolean;
}

/** Between two requests for the whole table nothing is in a hurry. */
const REQUEST_MS = 30_000;

export const addAfterRestore = (program: Command, session: Session): Command =>
  program
    .command('after-restore')
    .description('copy a control table from its backup and raise every fence and epoch, so that nobody speaks with an old number')
    .requiredOption('--from <table>', 'the table that was made from the backup; it is only read')
    .requiredOption('--to <table>', 'the control table that goes on')
    .option('--region <region>', 'where both are (default: that of the AWS profile)')
    .option('--endpoint <url>', "DynamoDB's protocol somewhere else")
    .option('--by <offset>', 'more than any number can have grown since the backup', parseWhole(1, 1_000_000_000_000), 1_000_000)
    .option('--replace', 'removes what the control table holds and the backup does not')
    .option('-y, --yes', 'does not ask')
    .action(async ({ from, to, region, endpoint, by, replace = false, yes = false }: Options) => {
      const { shell } = session;
      if (!yes) await confirm(session, `Everything that could write to ${to} is stopped, and it becomes what ${from} is?`);
      const [{ dynamoClient }, { DynamoTables }, { systemIds }] = await Promise.all([
        import('../../adapters/aws/clients.ts'),
        import('../../adapters/aws/dynamo-tables.ts'),
        import('../../adapters/embedded/system-ids.ts'),
      ]);
      const client = dynamoClient({
        requestTimeout: REQUEST_MS,
        maxAttempts: 5,
        ...(region && { region }),
        ...(endpoint && { endpoint }),
      });
      const deps = { tables: new DynamoTables({ client, clock: shell.clock, ids: systemIds() }), clock: shell.clock };
      const done = await session.withProgress((view) =>
        restoreItems(deps, { from, to, by, replace }, (copied) =>
          view.show([`${copied} items copied`], `${copied} items copied`),
        ),
      );
      session.result({ from, to, by, ...done }, ({ copied, removed }) => [
        `${copied} items copied from ${from} to ${to}, every fence and epoch raised by ${by}${removed > 0 ? `; ${removed} removed` : ''}.`,
        'Now let schedules and people in again: reconcile takes up every run whose execution is gone.',
      ]);
    });

async function confirm({ shell }: Session, question: string): Promise<void> {
  const answer = await shell.ask?.(`${question} Type yes: `);
  if (answer?.trim().toLowerCase() === 'yes') return;
  throw new UsageError(answer === undefined ? 'Nobody is there to confirm it.' : 'Not confirmed: nothing was written.', {
    next: 'Add --yes to go on without being asked.',
  });
}
