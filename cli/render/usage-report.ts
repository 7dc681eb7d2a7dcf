import type { RunUsageView } from '../../shared/api/run-usage.ts';
import { whole } from './figures.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';

type Usage = Omit<RunUsageView, 'runId' | 'status' | 'cost' | 'components'>;

/** What a run has used, whole and by component, and what an estimate of its price is made of. */
export function usageLines(view: RunUsageView, paint: Paint): string[] {
  const rows = [
    ['', 'CPU', 'memory', 'sent', 'received', 'calls', 'reads', 'writes', 'USD'],
    ['all', ...cells(view)],
    ...view.components.map((component) => [component.name, ...cells(component)]),
  ];
  const cost = view.cost.map(({ unit, amount, usd }) => [unit, amount.toLocaleString('en-US'), usd.toFixed(9)]);
  return [
    `${paint.bold(`Run ${view.runId}`)}, ${view.status}`,
    '',
    ...table(rows, [1, 2, 3, 4, 5, 6, 7, 8]),
    '',
    paint.bold('Estimate by list prices of us-east-1'),
    ...table(cost, [1, 2]).map((line) => `  ${line}`),
  ];
}

/** In one line. */
export const usedText = ({ runId, cpuSeconds, peakMemoryMb, calls, reads, writes, costUsd }: RunUsageView): string =>
  `${cpuSeconds.toFixed(2)}s CPU, ${whole(peakMemoryMb)} MB at most, ${whole(calls)} calls, ${whole(reads)} reads, ${whole(writes)} writes; about ${costUsd.toFixed(6)} USD by list prices (slipway usage ${runId})`;

const cells = ({ cpuSeconds, peakMemoryMb, sentBytes, receivedBytes, calls, reads, writes, costUsd }: Usage): string[] => [
  `${cpuSeconds.toFixed(2)}s`,
  `${whole(peakMemoryMb)} MB`,
  bytes(sentBytes),
  bytes(receivedBytes),
  whole(calls),
  whole(reads),
  whole(writes),
  costUsd.toFixed(6),
];

const bytes = (count: number): string =>
  count < 1_000_000 ? `${whole(count / 1000)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
