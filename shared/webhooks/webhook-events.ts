import type { EventType, RunEvent } from '../ports/events.ts';
import type { Value } from '../ports/store.ts';
import { redact } from '../redaction/redact.ts';
import type { RunState } from '../run/run-state.ts';

/** Every event that webhooks carry, with when it is sent. */
export const WEBHOOK_EVENTS = {
  'run.started': 'a run is accepted',
  'run.progress': 'a component is prepared, enters a stage, is done or is taken back',
  'run.waiting': 'a run waits for a person to approve',
  'run.paused': 'a run is paused',
  'run.rollingBack': 'a run is being taken back',
  'run.succeeded': 'a run is done',
  'run.rolledBack': 'a run is taken back',
  'run.failed': 'a run failed, in whole or in part, or could not be taken back',
  'run.stopped': 'a run was stopped',
  'alert.raised': 'an alert opens',
  'alert.acknowledged': 'a person is on an alert',
  'alert.resolved': 'what an alert was about is over',
} as const;
export type WebhookEvent = keyof typeof WEBHOOK_EVENTS;

/** What a person sends to try a webhook. */
export const TEST_EVENT = 'webhook.test';

/** The events by which a run comes to another status. */
const MOVING = ['statusChanged', 'takenOver', 'approvalRequested', 'lockBroken'] as const satisfies readonly EventType[];

/** The events of the bus that may become one. */
export const PUBLISHED = [
  'runCreated',
  ...MOVING,
  'rollbackPointCreated',
  'stageEntered',
  'componentCompleted',
  'componentUndone',
  'alertRaised',
  'alertAcknowledged',
  'alertResolved',
] as const satisfies readonly EventType[];

const OF_STATUS: { readonly [status: string]: WebhookEvent } = {
  'awaiting-approval': 'run.waiting',
  paused: 'run.paused',
  'rolling-back': 'run.rollingBack',
  succeeded: 'run.succeeded',
  'rolled-back': 'run.rolledBack',
  failed: 'run.failed',
  'partially-failed': 'run.failed',
  'rollback-failed': 'run.failed',
  stopped: 'run.stopped',
};
const OF_TYPE: { readonly [Type in Exclude<(typeof PUBLISHED)[number], (typeof MOVING)[number]>]: WebhookEvent } = {
  runCreated: 'run.started',
  rollbackPointCreated: 'run.progress',
  stageEntered: 'run.progress',
  componentCompleted: 'run.progress',
  componentUndone: 'run.progress',
  alertRaised: 'alert.raised',
  alertAcknowledged: 'alert.acknowledged',
  alertResolved: 'alert.resolved',
};

/** What subscribers are told an event is; undefined: it is none of theirs. */
export function webhookEventOf({ type, item, data }: RunEvent): WebhookEvent | undefined {
  if (MOVING.some((one) => one === type)) {
    // A run that waits already may be asked for another approval.
    const news = data['to'] !== data['from'] || type === 'approvalRequested';
    return item === 'RUN' && news ? OF_STATUS[String(data['to'])] : undefined;
  }
  return (OF_TYPE as { readonly [type: string]: WebhookEvent })[type];
}

/** What is known of the run behind an event. */
export interface RunFacts {
  readonly run: RunState;
  /** Components that are done, of all: 0 to 1. */
  readonly progress: number;
}

/** What a message says, without secrets. */
export interface Told {
  readonly type: WebhookEvent | typeof TEST_EVENT;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly data: { readonly [name: string]: Value };
}

export function tell(type: WebhookEvent, event: RunEvent, facts: RunFacts | undefined): Told {
  const timestamp = new Date(event.at).toISOString();
  return { type, timestamp, data: redact(facts ? ofRun(event, facts) : event.data) };
}

function ofRun({ type, item, data }: RunEvent, { run, progress }: RunFacts): Told['data'] {
  const status = type === 'runCreated' ? 'queued' : item === 'RUN' ? (data['to'] ?? run.status) : run.status;
  const { id: runId, target, environment, plan } = run;
  const component = item.startsWith('COMPONENT#') ? { component: item.slice('COMPONENT#'.length) } : {};
  const told = Object.fromEntries(
    ['component', 'reason', 'next'].flatMap((name) => (data[name] === undefined ? [] : [[name, data[name]]])),
  );
  return { runId, progress, status, plan: plan.name, target, environment, ...component, ...told };
}
