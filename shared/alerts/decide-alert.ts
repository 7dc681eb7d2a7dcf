import type { Value } from '../ports/store.ts';
import type { EventDraft } from '../run/event-chain.ts';
import { ALERTS, type AlertCode, atLeast } from './alert-code.ts';
import type { AlertSettings } from './alert-settings.ts';
import { ALERTS_TO_TELL, type AlertState, alertListing, timeKey } from './alert-state.ts';
import { quietUntil } from './quiet-hours.ts';

/** The event behind a signal, and its time. One that is delivered again, or late, changes nothing. */
export interface Source {
  readonly name: string;
  readonly at: number;
}

export type AlertCommand =
  | { readonly type: 'raise'; readonly code: AlertCode; readonly message: string; readonly next: string; readonly source: Source }
  | { readonly type: 'resolve'; readonly reason: string; readonly source: Source }
  | { readonly type: 'acknowledge'; readonly actor: string; readonly note: string }
  | { readonly type: 'told'; readonly escalated: boolean };

/** What is written; without an event: nothing that anybody wants to hear of. */
export interface AlertChange {
  readonly set: { readonly [attribute: string]: Value };
  readonly remove: readonly string[];
  readonly event?: EventDraft;
}

export interface AlertPlace {
  readonly id: string;
  readonly environment: string;
  readonly subject: string;
}

const MINUTE = 60_000;

/** What becomes of an alert; undefined: nothing does. */
export function decideAlert(
  alert: AlertState | undefined,
  command: AlertCommand,
  about: { readonly place: AlertPlace; readonly settings: AlertSettings; readonly now: number },
): AlertChange | undefined {
  switch (command.type) {
    case 'raise':
      return raise(alert, command, about);
    case 'resolve':
      return alert && alert.status !== 'resolved' && !isStale(alert, command.source) ? resolve(alert, command) : undefined;
    case 'acknowledge':
      return alert?.status === 'open' ? acknowledge(alert, command, about.now) : undefined;
    case 'told':
      return alert && told(alert, command.escalated, about);
  }
}

const isStale = (alert: AlertState, { name, at }: Source): boolean => alert.source === name || at < alert.sourceAt;
const heard = ({ name, at }: Source) => ({ source: name, sourceAt: at });

type About = Parameters<typeof decideAlert>[2];

function raise(
  alert: AlertState | undefined,
  { code, message, next, source }: Extract<AlertCommand, { type: 'raise' }>,
  { place, settings, now }: About,
): AlertChange | undefined {
  if (alert && isStale(alert, source)) return undefined;
  const said = { message: cut(message, 1000), next: cut(next, 500), lastAt: now, ...heard(source) };
  // It is known: one who was told of it needs no second word.
  if (alert?.status === 'open') return { set: { ...said, count: alert.count + 1 }, remove: [] };
  const { severity } = ALERTS[code];
  const tellAt = atLeast(severity, settings.tell) ? tellingTime(severity, settings, now) : undefined;
  const { id, environment, subject } = place;
  return {
    set: {
      ...said,
      ...place,
      code,
      severity,
      status: 'open',
      count: 1,
      firstAt: now,
      escalations: 0,
      listing: alertListing(environment),
      listingSort: timeKey(now, id),
      ...dueAt(tellAt, id),
    },
    remove: ['acknowledged', 'toldAt', ...(tellAt === undefined ? NOT_DUE : [])],
    event: { type: 'alertRaised', data: { id, environment, code, severity, subject, message: said.message, next: said.next } },
  };
}

/** Half a character at the end would be none that SNS can be told of. */
const cut = (text: string, length: number): string => text.slice(0, length).toWellFormed();

const NOT_DUE = ['tellAt', 'open', 'openSort'] as const;

const dueAt = (at: number | undefined, id: string): { readonly [attribute: string]: Value } =>
  at === undefined ? {} : { tellAt: at, open: ALERTS_TO_TELL, openSort: timeKey(at, id) };

/** At once; what is not critical, after quiet hours. */
const tellingTime = (severity: AlertState['severity'], settings: AlertSettings, at: number): number =>
  severity === 'critical' ? at : (quietUntil(settings.quietHours, at) ?? at);

function resolve(alert: AlertState, { reason, source }: Extract<AlertCommand, { type: 'resolve' }>): AlertChange {
  const { code, subject, environment, id } = alert;
  const data = { id, environment, code, subject, reason };
  return { set: { status: 'resolved', ...heard(source) }, remove: NOT_DUE, event: { type: 'alertResolved', data } };
}

function acknowledge(
  alert: AlertState,
  { actor, note }: Extract<AlertCommand, { type: 'acknowledge' }>,
  now: number,
): AlertChange {
  const { code, subject, environment, id } = alert;
  return {
    set: { status: 'acknowledged', acknowledged: { by: actor, at: now, note } },
    remove: NOT_DUE,
    event: { type: 'alertAcknowledged', actor, data: { id, environment, code, subject, note } },
  };
}

/** The next time is an escalation, as long as nobody acknowledges it. */
function told(alert: AlertState, escalated: boolean, { settings, now }: About): AlertChange {
  const escalations = alert.escalations + (escalated ? 1 : 0);
  const more =
    alert.status === 'open' &&
    alert.severity !== 'info' &&
    settings.escalateAfterMinutes > 0 &&
    escalations < settings.escalations;
  const at = more ? tellingTime(alert.severity, settings, now + settings.escalateAfterMinutes * MINUTE) : undefined;
  const { id, environment, code, severity, subject, message, next } = alert;
  return {
    set: { toldAt: now, escalations, ...dueAt(at, id) },
    remove: at === undefined ? NOT_DUE : [],
    event: { type: 'alertTold', data: { id, environment, code, severity, subject, message, next, escalations } },
  };
}
