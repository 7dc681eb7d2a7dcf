import type { Health } from '../../shared/api/health.ts';
import { moment } from './figures.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';
import { table } from './table.ts';

/** How the control plane is, part by part. */
export function healthLines({ status, environment, checks, queue, halted }: Health, paint: Paint): string[] {
  const parts = Object.entries(checks).map(([name, { status, problem = '' }]) => [
    name,
    status === 'ok' ? paint.green('ok') : paint.red(status),
    oneLine(problem),
  ]);
  const since = queue?.oldestSince === undefined ? '' : `, the first since ${moment(queue.oldestSince)}`;
  return [
    `${paint.bold('Health')} of ${environment}: ${coloured(status, paint)}${halted ? paint.red(', halted by an emergency stop') : ''}`,
    ...table(parts).map((line) => `  ${line}`),
    ...(queue ? [`  queue: ${queue.underWay} under way, ${queue.waiting} waiting${since}`] : []),
  ];
}

const coloured = (status: Health['status'], paint: Paint): string =>
  ({ ok: paint.green, degraded: paint.yellow, down: paint.red })[status](status);
