import { type Command, InvalidArgumentError, Option } from 'commander';
import type { EndpointInput } from '../shared/api/endpoints.ts';
import type { ScheduleView } from '../shared/api/schedules.ts';
import type { ApiClient } from './api-client.ts';
import { ApiProblemError, UsageError } from './cli-errors.ts';
import { parseWhole } from './options.ts';
import { readPlanFile } from './plan-file.ts';
import { isPlanReference, planSourceOf } from './plan-source.ts';
import type { Session } from './session.ts';

type Settings = Omit<EndpointInput<'put-schedule'>, 'name' | 'environment' | 'plan' | 'baseDir' | 'expression'>;

export interface SetOptions extends Omit<Settings, 'start' | 'end'> {
  readonly environment?: string;
  readonly plan?: string;
  readonly expression?: string;
  readonly start?: number | 'none';
  readonly end?: number | 'none';
}

export const setOptions = (command: Command): Command =>
  command
    .option('--plan <file>', 'the plan that it runs: a file, or one that is kept, as in cities@3 or cities@latest')
    .option('--expression <text>', "when: 'at(2026-12-01T09:00:00)', 'rate(6 hours)' or 'cron(30 2 ? * MON-FRI *)'")
    .option('--timezone <zone>', 'by clocks of this zone, such as Europe/Berlin (default: UTC)')
    .option('--start <time>', 'not before, as 2026-12-01T00:00:00Z; none: from now on', parseTime)
    .option('--end <time>', 'not after; none: for ever', parseTime)
    .option('--window-minutes <minutes>', 'within so many minutes after its time (default: 0)', parseWhole(0, 1440))
    .addOption(
      new Option('--catch-up <policy>', 'times that were missed are let go, run once, or all run (default: skip)').choices([
        'skip',
        'once',
        'all',
      ]),
    )
    .option('--catch-up-most <count>', 'with all: the newest so many (default: 10)', parseWhole(1, 100))
    .addOption(
      new Option('--overlap <policy>', 'while the run before is not over: skip the time, or queue a run (default: skip)').choices(
        ['skip', 'queue'],
      ),
    )
    .option('-m, --reason <text>', 'why, for the audit trail')
    .option('--if-rev <revision>', 'only where it is at this revision still; 0: only where there is none', parseWhole(0, 1e12));

function parseTime(text: string): number | 'none' {
  if (text === 'none') return text;
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new InvalidArgumentError('It must be a time with its offset, such as 2026-12-01T00:00:00Z, or none.');
}

/** Makes the schedule, or changes of it what is named and nothing else. */
export async function setSchedule(session: Session, name: string, options: SetOptions): Promise<ScheduleView> {
  const { environment, plan: file, reason, ifRev, ...named } = options;
  if (file === undefined && Object.keys(named).length === 0)
    throw new UsageError('Nothing is said of the schedule.', {
      next: `slipway schedules set ${name} --expression 'rate(1 day)'`,
    });
  const kept = file !== undefined && isPlanReference(file);
  const plan = file === undefined || kept ? file : await readPlanFile(file, session.shell.cwd);
  if (!kept) session.planFile = file;
  const client = await session.client();
  const found = await lookUp(client, name, environment);
  const expression = named.expression ?? found?.expression;
  if (expression === undefined || (plan ?? found) === undefined)
    throw new UsageError(`There is no schedule ${name} yet: a new one needs --plan and --expression.`, {
      next: `slipway schedules set ${name} --plan PLAN.yaml --expression 'rate(1 day)'`,
    });
  const { timezone, windowMinutes, catchUp, catchUpMost, overlap, start, end } = { ...found, ...named };
  const bounds = { start: start === 'none' ? undefined : start, end: end === 'none' ? undefined : end };
  const settings = { expression, timezone, windowMinutes, catchUp, catchUpMost, overlap, ...bounds };
  const source = plan === undefined ? {} : typeof plan === 'string' ? { plan } : planSourceOf(plan, client);
  return client.call('put-schedule', { name, environment, reason, ...source, ...settings, ifRev: ifRev ?? found?.rev ?? 0 });
}

/** The schedule as it is; undefined: there is none. */
async function lookUp(client: ApiClient, name: string, environment: string | undefined): Promise<ScheduleView | undefined> {
  try {
    return await client.call('get-schedule', { name, environment });
  } catch (error) {
    if (error instanceof ApiProblemError && error.code === 'SCHEDULE_NOT_FOUND') return undefined;
    throw error;
  }
}
