import { type Command, InvalidArgumentError } from 'commander';
import { type Severity, severity } from '../../shared/alerts/alert-code.ts';
import type { AlertSettings } from '../../shared/alerts/alert-settings.ts';
import { alertStatus } from '../../shared/alerts/alert-state.ts';
import { type QuietHours, quietHours } from '../../shared/alerts/quiet-hours.ts';
import { alertId } from '../../shared/api/alerts.ts';
import { ApiProblemError } from '../cli-errors.ts';
import { parseEnvironment, parseWhole } from '../options.ts';
import { alertReport, alertRows, settingsReport } from '../render/alert-report.ts';
import { eventLines } from '../render/timeline-event.ts';
import type { Session } from '../session.ts';

interface Where {
  readonly environment?: string;
}

interface ListOptions extends Where {
  readonly status?: 'open' | 'acknowledged' | 'resolved';
  readonly severity?: Severity;
  readonly limit: number;
  readonly cursor?: string;
}

interface SettingsOptions extends Where {
  readonly tell?: Severity;
  /** False: `--no-quiet`. */
  readonly quiet?: readonly QuietHours[] | false;
  readonly escalateAfter?: number;
  readonly escalations?: number;
  readonly queueStuck?: number;
  readonly reason?: string;
}

export function addAlerts(program: Command, session: Session): Command {
  const alerts = program.command('alerts').description('what people are told of, and when');
  inEnvironment(alerts.command('list').description('list alerts, newest first'))
    .option('--status <status>', 'only those that are open, acknowledged or resolved', parseOneOf(alertStatus.options))
    .option('--severity <severity>', 'only those of info, warning or critical', parseOneOf(severity.options))
    .option('--limit <count>', 'look at most at so many', parseWhole(1, 1000), 50)
    .option('--cursor <cursor>', 'go on after an earlier page')
    .action((options: ListOptions) => list(session, options));
  alerts
    .command('show <id>')
    .description('tell all of an alert, with who was told of it')
    .action(async (id: string) => {
      const client = await session.client();
      session.result(await client.call('get-alert', { alertId: parseAlertId(id) }), alertReport);
    });
  alerts
    .command('ack <id>')
    .description('note that somebody is on it, which ends its escalation')
    .option('-m, --note <text>', 'what is being done')
    .action(async (id: string, { note }: { note?: string }) => {
      const client = await session.client();
      const alert = await client.call('acknowledge-alert', { alertId: parseAlertId(id), note });
      session.result(alert, (safe, paint) => alertRows([safe], paint));
    });
  inEnvironment(alerts.command('settings').description('tell, or set, when people are told'))
    .option('--tell <severity>', 'the least that is told: info, warning or critical', parseOneOf(severity.options))
    .option('--quiet <hours>', 'what is not critical waits: "22:00-07:00 Europe/Berlin Mon,Tue"; again for more', parseQuiet)
    .option('--no-quiet', 'no quiet hours')
    .option('--escalate-after <minutes>', 'tell again of what nobody acknowledges; 0: never', parseWhole(0, 10_080))
    .option('--escalations <count>', 'at most so often', parseWhole(0, 20))
    .option('--queue-stuck <minutes>', 'tell of a run that could go in and does not for so long', parseWhole(1, 1440))
    .option('-m, --reason <text>', 'why, for the audit trail')
    .action((options: SettingsOptions) => settings(session, options));
  inEnvironment(alerts.command('settings-history').description('tell who set when people are told, and why')).action(
    async ({ environment }: Where) => {
      const client = await session.client();
      const { events } = await client.call('get-alert-settings-history', { environment });
      session.result({ events }, (safe, paint) =>
        safe.events.length === 0 ? ['Nobody has set any.'] : safe.events.flatMap((event) => eventLines(event, paint)),
      );
    },
  );
  return alerts;
}

const inEnvironment = (command: Command): Command =>
  command.option('--environment <name>', "where (default: the control plane's own)", parseEnvironment);

async function list(session: Session, options: ListOptions): Promise<void> {
  const client = await session.client();
  const page = await client.call('list-alerts', options);
  session.result(page, ({ alerts, cursor }, paint) => [
    ...(alerts.length === 0 ? ['There are no such alerts.'] : alertRows(alerts, paint)),
    ...session.more(['alerts', 'list'], options, cursor),
  ]);
}

async function settings(session: Session, { environment, ...options }: SettingsOptions): Promise<void> {
  const client = await session.client();
  const found = await client.call('get-alert-settings', { environment });
  const wanted = changed(found.settings, options);
  // Commander has `quiet` as true where neither --quiet nor --no-quiet is given.
  const shown =
    JSON.stringify(wanted) === JSON.stringify(found.settings)
      ? found
      : await client.call('put-alert-settings', { environment, settings: wanted, reason: options.reason, ifRev: found.rev });
  session.result(shown, settingsReport);
}

const changed = (
  settings: AlertSettings,
  { tell, quiet, escalateAfter, escalations, queueStuck }: SettingsOptions,
): AlertSettings => ({
  tell: tell ?? settings.tell,
  quietHours: quiet === false ? [] : Array.isArray(quiet) ? [...quiet] : settings.quietHours,
  escalateAfterMinutes: escalateAfter ?? settings.escalateAfterMinutes,
  escalations: escalations ?? settings.escalations,
  queueStuckMinutes: queueStuck ?? settings.queueStuckMinutes,
});

/** One of these words. */
const parseOneOf =
  <Word extends string>(words: readonly Word[]) =>
  (text: string): Word => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`);
  };

/** `22:00-07:00 Europe/Berlin Mon,Tue`; without days every day. */
function parseQuiet(text: string, before?: readonly QuietHours[] | boolean): readonly QuietHours[] {
  const [, from, to, zone, days] = /^(\S+)-(\S+) (\S+)(?: (\S+))?$/.exec(text.trim()) ?? [];
  const parsed = quietHours.safeParse({ from, to, zone, ...(days === undefined ? {} : { days: days.split(',') }) });
  if (!parsed.success)
    throw new InvalidArgumentError('It must be as in "22:00-07:00 Europe/Berlin" or "00:00-00:00 UTC Sat,Sun".');
  return [...(Array.isArray(before) ? before : []), parsed.data];
}

/** What cannot be an id is told as what it is: no such alert. */
function parseAlertId(text: string): string {
  if (alertId.safeParse(text).success) return text;
  throw new ApiProblemError({
    type: 'urn:slipway:problem:alert-not-found',
    title: 'Not found',
    status: 404,
    code: 'ALERT_NOT_FOUND',
    detail: `There is no alert ${JSON.stringify(text)}: the id of an alert is 26 characters of 0-9 and a-f.`,
    next: 'slipway alerts list',
  });
}
