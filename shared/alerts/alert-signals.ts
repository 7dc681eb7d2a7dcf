import type { EventType, RunEvent } from '../ports/events.ts';
import type { Value } from '../ports/store.ts';
import type { AlertCode } from './alert-code.ts';

/** That something is wrong with a subject, or is right again. The same code and subject are the same alert. */
export type Signal =
  | { readonly raise: AlertCode; readonly subject: string; readonly message: string; readonly next: string }
  | { readonly resolve: AlertCode; readonly subject: string; readonly reason: string };

/** The events that may say so. */
export const ALERTING = [
  'statusChanged',
  'lockBroken',
  'flagTripped',
  'guardrailAlert',
  'ambiguousEffect',
  'approvalRequested',
  'approvalDecided',
  'componentUndone',
  'scheduleDue',
] as const satisfies readonly EventType[];

/** What an event of a run is a reason to tell a person, or to trouble nobody any more. */
export function signalsOf(event: RunEvent): readonly Signal[] {
  const { type, runId, item, data } = event;
  switch (type) {
    case 'statusChanged':
      return item === 'RUN' ? ofStatus(runId, data) : [];
    case 'lockBroken':
      return data['to'] === data['from'] ? [] : ofStatus(runId, data);
    case 'flagTripped':
      return [tripped(runId, item, data)];
    case 'guardrailAlert':
      return ofGuardrails(event);
    case 'ambiguousEffect':
      return [ambiguous(event)];
    case 'approvalRequested':
      return item === 'RUN' ? [] : [asked(event)];
    case 'approvalDecided':
      return [{ resolve: 'APPROVAL_WAITING', subject: subjectOf(event), reason: decidedText(data) }];
    case 'componentUndone':
      return [{ resolve: 'APPROVAL_WAITING', subject: subjectOf(event), reason: 'It was taken back.' }];
    case 'scheduleDue':
      return [due(event)];
    default:
      return [];
  }
}

/** Where an event happened that says so itself; undefined: where its run is. */
export const environmentIn = ({ type, item }: RunEvent): string | undefined =>
  type === 'scheduleDue' ? item.split('#')[1] : undefined;

type Data = RunEvent['data'];
export type Raise = Extract<Signal, { raise: AlertCode }>;

function ofStatus(runId: string, { to, reason, next }: Data): readonly Signal[] {
  const subject = `run/${runId}`;
  const what = textOf(reason);
  const act = textOf(next) || `slipway status ${runId}`;
  switch (to) {
    case 'failed':
    case 'partially-failed': {
      const message = `Run ${runId} ${to === 'failed' ? 'failed' : 'failed in part'}${what === '' ? '.' : `: ${what}`}`;
      return [{ raise: 'MIGRATION_FAILED', subject, message, next: act }];
    }
    case 'rollback-failed': {
      const message = `Run ${runId} could not be taken back${what === '' ? '.' : `: ${what}`}`;
      return [{ raise: 'ROLLBACK_FAILED', subject, message, next: act }];
    }
    case 'succeeded':
    case 'rolled-back':
      return (['MIGRATION_FAILED', 'ROLLBACK_FAILED'] as const).map((code) => ({
        resolve: code,
        subject,
        reason: `The run ${to}.`,
      }));
    default:
      return [];
  }
}

function tripped(runId: string, item: string, { reason }: Data): Raise {
  const flag = item.split('#').slice(2).join('#');
  return {
    raise: 'GUARDRAIL_TRIPPED',
    subject: `run/${runId}`,
    message: `The flag ${flag} is back on its old side and run ${runId} is taken back: ${textOf(reason)}`,
    next: `slipway watch ${runId}`,
  };
}

function ofGuardrails(event: RunEvent): readonly Signal[] {
  const subject = (name: string) => `${subjectOf(event)}/${name}`;
  const began = listOf(event.data['began']).map((guardrail): Signal => {
    const name = textOf(fieldOf(guardrail, 'name'));
    const sentence = textOf(fieldOf(guardrail, 'sentence'));
    const next = `slipway status ${event.runId}, and to take it back: slipway rollback ${event.runId} -m REASON`;
    return {
      raise: 'GUARDRAIL_ALERT',
      subject: subject(name),
      message: `Guardrail ${name} of run ${event.runId}: ${sentence}`,
      next,
    };
  });
  const ended = listOf(event.data['ended']).map((guardrail): Signal => {
    const name = textOf(fieldOf(guardrail, 'name')) || textOf(guardrail);
    return { resolve: 'GUARDRAIL_ALERT', subject: subject(name), reason: 'It is quiet again.' };
  });
  return [...began, ...ended];
}

function due({ item, data }: RunEvent): Signal {
  const [, environment = '', ...rest] = item.split('#');
  const name = rest.join('#');
  const subject = `schedule/${environment}/${name}`;
  const missed = listOf(data['missed']);
  if (missed.length === 0) return { resolve: 'SCHEDULE_MISSED', subject, reason: 'A time was kept.' };
  const last = new Date(Number(missed.at(-1))).toISOString();
  const count = `${missed.length}${data['more'] === true ? ' or more' : ''}`;
  return {
    raise: 'SCHEDULE_MISSED',
    subject,
    message: `Schedule ${name} of ${environment} has let ${count} of its times go, the last at ${last}.`,
    next: `slipway schedules history ${name} --environment ${environment}`,
  };
}

function ambiguous(event: RunEvent): Raise {
  const { step, next } = event.data;
  return {
    raise: 'AMBIGUOUS_EFFECT',
    subject: subjectOf(event),
    message: `Step ${textOf(step)} of ${componentOf(event)} in run ${event.runId} may or may not have landed.`,
    next: textOf(next) || `slipway status ${event.runId}`,
  };
}

function asked(event: RunEvent): Raise {
  const component = componentOf(event);
  return {
    raise: 'APPROVAL_WAITING',
    subject: subjectOf(event),
    message: `Run ${event.runId} waits for a decision on ${component}: ${textOf(event.data['prompt'])}`,
    next: `slipway approve ${event.runId} ${component}, or: slipway reject ${event.runId} ${component} -m REASON`,
  };
}

const decidedText = ({ approved, expired }: Data): string =>
  expired === true ? 'Nobody answered in time.' : approved === true ? 'It was approved.' : 'It was rejected.';

const componentOf = ({ item }: RunEvent): string => item.split('#')[1] ?? item;
const subjectOf = (event: RunEvent): string => `run/${event.runId}/${componentOf(event)}`;
const textOf = (value: Value | undefined): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
const listOf = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? value : []);
const fieldOf = (value: Value, name: string): Value | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [name: string]: Value })[name]
    : undefined;
