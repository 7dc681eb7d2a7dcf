import type { ScheduleView } from '../../shared/api/schedules.ts';
import { localAt } from '../../shared/schedules/zone.ts';
import { counted, moment } from './figures.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';
import { table } from './table.ts';

/** All that is known of a schedule. */
export function scheduleReport(view: ScheduleView, paint: Paint): string[] {
  const { name, environment, rev, status, plan, expression, timezone, windowMinutes, changed, last, next } = view;
  return [
    `${paint.bold(`Schedule ${name}`)} in ${environment}, revision ${rev}`,
    ...table([
      ['state', status === 'enabled' ? paint.green(status) : paint.yellow(status)],
      ['plan', `${plan.name}${versionOf(plan)} (${plan.digest.slice(0, 12)}) on ${plan.target}`],
      [
        'when',
        `${oneLine(expression)} by clocks of ${timezone}${windowMinutes === 0 ? '' : `, within ${counted(windowMinutes, 'minute')}`}`,
      ],
      ...(['start', 'end'] as const).flatMap((bound) => (view[bound] === undefined ? [] : [[bound, moment(view[bound])]])),
      ['missed', MISSED[view.catchUp](view)],
      ['overlap', view.overlap === 'skip' ? 'skipped while the run before is not over' : 'queued behind the run before'],
      ...(last
        ? [['last', `${moment(last.at)}: ${oneLine(last.runId === undefined ? (last.skipped ?? '') : `run ${last.runId}`)}`]]
        : []),
      ...timesIn(next, timezone).map((time, at) => [at === 0 ? 'next' : '', time]),
      [
        'changed',
        `${moment(changed.at)} by ${oneLine(changed.actor)}${changed.reason === '' ? '' : `: ${oneLine(changed.reason)}`}`,
      ],
    ]).map((line) => `  ${line}`),
  ];
}

const versionOf = ({ version }: ScheduleView['plan']): string => (version === undefined ? '' : `@${version}`);

const MISSED: { readonly [policy in ScheduleView['catchUp']]: (view: ScheduleView) => string } = {
  skip: () => 'times are let go',
  once: () => 'times are caught up with by one run',
  all: ({ catchUpMost }) => `times are all run, the newest ${catchUpMost} at most`,
};

/** `2026-03-30 02:30 Europe/Berlin`. */
export const timesIn = (times: readonly number[], zone: string): string[] =>
  times.map((time) => {
    const { year, month, day, hour, minute } = localAt(time, zone);
    const two = (part: number) => String(part).padStart(2, '0');
    return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)} ${zone}`;
  });
