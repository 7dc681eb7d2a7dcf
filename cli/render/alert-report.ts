import type { AlertHistory, AlertView } from '../../shared/api/alerts.ts';
import type { EndpointOutput } from '../../shared/api/endpoints.ts';
import { counted, moment } from './figures.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';
import { table } from './table.ts';
import { eventLines } from './timeline-event.ts';

/** One line an alert. */
export function alertRows(alerts: readonly AlertView[], paint: Paint): string[] {
  const rows = alerts.map((alert) => [
    alert.id,
    severityText(alert, paint),
    alert.status,
    moment(alert.firstAt),
    alert.code,
    oneLine(alert.message),
  ]);
  return table([['ALERT', 'SEVERITY', 'STATUS', 'SINCE', 'CODE', ''].map(paint.dim), ...rows]);
}

/** All that is known of one. */
export function alertReport(alert: AlertHistory, paint: Paint): string[] {
  const { code, environment, subject, status, message, next, count, firstAt, toldAt, tellAt, acknowledged, history } = alert;
  return [
    `${paint.bold(code)} in ${environment}, ${severityText(alert, paint)}, ${status}`,
    oneLine(message),
    `${paint.bold('Next:')} ${oneLine(next)}`,
    '',
    ...table([
      ['about', oneLine(subject)],
      ['since', `${moment(firstAt)}${count > 1 ? `, ${count} times` : ''}`],
      ...(toldAt === undefined ? [] : [['told', moment(toldAt)]]),
      ...(tellAt === undefined ? [] : [['to be told', moment(tellAt)]]),
      ...(acknowledged === undefined
        ? []
        : [['acknowledged', `${moment(acknowledged.at)} by ${oneLine(acknowledged.by)} ${oneLine(acknowledged.note)}`]]),
    ]).map((line) => `  ${line}`),
    '',
    ...history.flatMap((event) => eventLines(event, paint)),
  ];
}

/** When an environment is told of what. */
export function settingsReport({ environment, settings, rev }: EndpointOutput<'get-alert-settings'>, paint: Paint): string[] {
  const { tell, quietHours, escalateAfterMinutes, escalations, queueStuckMinutes } = settings;
  const quiet = quietHours.map(({ from, to, zone, days }) => [
    'quiet',
    `${from}-${to} ${zone} ${days.length === 7 ? '' : days.join(',')}`,
  ]);
  const again =
    escalateAfterMinutes === 0 || escalations === 0 ? 'never' : `every ${escalateAfterMinutes} minutes, ${escalations} times`;
  return [
    `${paint.bold('Alerts')} of ${environment}, revision ${rev}`,
    ...table([
      ['told', `${tell} and worse`],
      ...(quiet.length === 0 ? [['quiet', 'never']] : quiet),
      ['again', again],
      ['queue', `stuck after ${counted(queueStuckMinutes, 'minute')}`],
    ]).map((line) => `  ${line}`),
  ];
}

const severityText = ({ severity }: Pick<AlertView, 'severity'>, paint: Paint): string =>
  severity === 'critical' ? paint.red(severity) : severity === 'warning' ? paint.yellow(severity) : severity;
