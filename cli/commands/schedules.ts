import { type Command, InvalidArgumentError } from 'commander';
import type { EndpointName } from '../../shared/api/endpoints.ts';
import type { ScheduleView } from '../../shared/api/schedules.ts';
import { nextTimes } from '../../shared/schedules/occurrences.ts';
import { scheduleName, timingOf } from '../../shared/schedules/schedule-state.ts';
import { parseEnvironment, parseWhole } from '../options.ts';
import type { Paint } from '../render/paint.ts';
import { scheduleReport, timesIn } from '../render/schedule-report.ts';
import { table } from '../render/table.ts';
import { eventLines } from '../render/timeline-event.ts';
import type { Session } from '../session.ts';
import { type SetOptions, setOptions, setSchedule } from '../set-schedule.ts';

interface Where {
  readonly environment?: string;
}

interface Told extends Where {
  readonly reason?: string;
  readonly ifRev?: number;
}

export function addSchedules(program: Command, session: Session): Command {
  const schedules = program.command('schedules').description('plans that are run again and again, or at a given time');
  inEnvironment(schedules.command('list').description('list the schedules of an environment')).action((where: Where) =>
    list(session, where),
  );
  inEnvironment(schedules.command('get <name>').description('tell what a schedule is, and when it is due next')).action(
    async (name: string, { environment }: Where) => {
      const client = await session.client();
      session.result(await client.call('get-schedule', { name: parseName(name), environment }), scheduleReport);
    },
  );
  setOptions(inEnvironment(schedules.command('set <name>').description('make a schedule, or change of it what is named'))).action(
    async (name: string, options: SetOptions) =>
      session.result(await setSchedule(session, parseName(name), options), scheduleReport),
  );
  command(session, schedules, 'pause', 'let it be due no more until it is resumed; what it has started goes on');
  command(session, schedules, 'resume', 'let it be due again; nothing of the time between was missed');
  command(session, schedules, 'delete', 'delete it; what it has started goes on, and its history stays');
  addNext(schedules, session);
  inEnvironment(schedules.command('history <name>').description('tell who changed a schedule and why, and what it ran')).action(
    async (name: string, { environment }: Where) => {
      const client = await session.client();
      const { events } = await client.call('get-schedule-history', { name: parseName(name), environment });
      session.result({ events }, (safe, paint) => safe.events.flatMap((event) => eventLines(event, paint)));
    },
  );
  return schedules;
}

const inEnvironment = (command: Command): Command =>
  command.option('--environment <name>', "where (default: the control plane's own)", parseEnvironment);

function parseName(text: string): string {
  const parsed = scheduleName.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`${JSON.stringify(text)} ${parsed.error.issues[0]?.message}.`);
}

function command(session: Session, schedules: Command, verb: 'pause' | 'resume' | 'delete', description: string): void {
  const endpoint: EndpointName = `${verb}-schedule`;
  inEnvironment(schedules.command(`${verb} <name>`).description(description))
    .option('-m, --reason <text>', 'why, for the audit trail')
    .option('--if-rev <revision>', 'only where the schedule is at this revision still', parseWhole(1, 1e12))
    .action(async (name: string, { environment, reason, ifRev }: Told) => {
      const client = await session.client();
      session.result(await client.call(endpoint, { name: parseName(name), environment, reason, ifRev }), scheduleReport);
    });
}

interface NextOptions extends Where {
  readonly count: number;
  readonly timezone: string;
}

function addNext(schedules: Command, session: Session): void {
  inEnvironment(schedules.command('next <schedule>'))
    .description("tell when a schedule is due next, or when an expression such as 'cron(0 9 ? * MON-FRI *)' would be")
    .option('-n, --count <count>', 'so many times', parseWhole(1, 100), 5)
    .option('--timezone <zone>', 'for an expression: by clocks of this zone', 'UTC')
    .action(async (asked: string, { count, timezone, environment }: NextOptions) => {
      if (asked.includes('(')) {
        const now = session.shell.clock.now();
        const anchor = Math.floor(now / 60_000) * 60_000;
        const next = [...nextTimes(timingOf({ expression: asked, zone: timezone, anchor }), now, count)];
        return session.result({ timezone, next }, ({ next }) => timesIn(next, timezone));
      }
      const client = await session.client();
      const found = await client.call('get-schedule', { name: parseName(asked), environment, next: count });
      session.result({ timezone: found.timezone, next: found.next, status: found.status }, (safe) =>
        safe.next.length === 0 ? [`It is ${safe.status}: nothing is due.`] : timesIn(safe.next, safe.timezone),
      );
    });
}

async function list(session: Session, { environment }: Where): Promise<void> {
  const client = await session.client();
  const found = await client.call('list-schedules', { environment });
  session.result(found, ({ environment, schedules }, paint) => listLines(session, environment, schedules, paint));
}

function listLines(session: Session, environment: string, schedules: readonly ScheduleView[], paint: Paint): string[] {
  if (schedules.length === 0) {
    const example = session.commandLine(
      'schedules',
      'set',
      'nightly',
      '--plan',
      'PLAN.yaml',
      '--expression',
      "'cron(0 2 * * ? *)'",
    );
    return [`There are no schedules in ${environment}.`, `Make one: ${example}`];
  }
  const rows = schedules.map(({ name, status, expression, timezone, next }) => [
    name,
    status === 'enabled' ? paint.green(status) : paint.yellow(status),
    `${expression} ${timezone}`,
    timesIn(next.slice(0, 1), timezone)[0] ?? '',
  ]);
  return table([['SCHEDULE', 'STATE', 'WHEN', 'NEXT'].map(paint.dim), ...rows]);
}
