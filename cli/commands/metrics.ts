import type { Command } from 'commander';
import { parseDuration } from '../options.ts';
import { moment } from '../render/figures.ts';
import { table } from '../render/table.ts';
import type { Session } from '../session.ts';

interface MetricsOptions {
  readonly dimensions?: string;
  readonly namespace?: string;
  readonly statistic?: string;
  readonly since: number;
  readonly period: number;
}

const HOUR_MS = 3_600_000;

export const addMetrics = (program: Command, session: Session): Command =>
  program
    .command('metrics <metric>')
    .description('tell the figures of a metric over the last time, period by period')
    .option('--dimensions <pairs>', 'of the series, as it was sent: Service=search,variation=on')
    .option('--namespace <name>', 'of the metric (default: Slipway)')
    .option('--statistic <name>', 'Sum, Average, SampleCount, Minimum, Maximum or a percentile such as p95 (default: Average)')
    .option('--since <duration>', 'how far to look back', parseDuration, HOUR_MS)
    .option('--period <duration>', 'of each figure', parseDuration, 60_000)
    .action(async (metric: string, { since, period, ...series }: MetricsOptions) => {
      const to = Math.ceil(session.shell.clock.now() / period) * period;
      const client = await session.client();
      const asked = { metric, ...series, from: to - Math.max(period, since), to, periodSeconds: period / 1000 };
      session.result(await client.call('get-metrics', asked), ({ figures, statistic }, paint) =>
        figures.length === 0
          ? ['There are no such figures: the dimensions must be those that were sent, no more and no fewer.']
          : table([['FROM', statistic].map(paint.dim), ...figures.map(({ at, value }) => [moment(at), String(value)])], [1]),
      );
    });
