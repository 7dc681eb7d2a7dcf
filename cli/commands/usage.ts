import type { Command } from 'commander';
import { parseRunId } from '../options.ts';
import { usageLines } from '../render/usage-report.ts';
import type { Session } from '../session.ts';

export const addUsage = (program: Command, session: Session): Command =>
  program
    .command('usage <id>')
    .description("tell what a run has used: CPU time, memory, network, reads and writes, and an estimate of AWS's bill")
    .action(async (id: string) => {
      const client = await session.client();
      session.result(await client.call('get-usage', { runId: parseRunId(id) }), usageLines);
    });
