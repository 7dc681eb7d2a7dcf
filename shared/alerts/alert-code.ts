import * as z from 'zod';

/** `critical` goes through quiet hours; `info` is told once and never escalated. */
export const severity = z.enum(['info', 'warning', 'critical']);
export type Severity = z.output<typeof severity>;

/** Every alert that there is, with how bad it is and what a person reads of it in docs/alerts.md. */
export const ALERTS = {
  MIGRATION_FAILED: { severity: 'critical', title: 'A run failed' },
  GUARDRAIL_TRIPPED: { severity: 'critical', title: 'A guardrail took traffic back' },
  ROLLBACK_FAILED: { severity: 'critical', title: 'A rollback failed' },
  AMBIGUOUS_EFFECT: { severity: 'critical', title: 'Nobody knows whether an effect landed' },
  GUARDRAIL_ALERT: { severity: 'warning', title: 'A guardrail that only alerts went off' },
  WEBHOOK_DISABLED: { severity: 'warning', title: 'A webhook is gone' },
  WEBHOOK_FAILED: { severity: 'warning', title: 'A message to a webhook was given up' },
  SCHEDULE_MISSED: { severity: 'warning', title: 'Times of a schedule were let go' },
  QUEUE_STUCK: { severity: 'warning', title: 'A run waits though nothing keeps it' },
  APPROVAL_WAITING: { severity: 'info', title: 'A run waits for a person' },
} as const satisfies { readonly [code: string]: { readonly severity: Severity; readonly title: string } };

export type AlertCode = keyof typeof ALERTS;
export const alertCode = z.enum(Object.keys(ALERTS) as [AlertCode, ...AlertCode[]]);

const ORDER: readonly Severity[] = severity.options;

/** Whether `one` is as bad as `other`, or worse. */
export const atLeast = (one: Severity, other: Severity): boolean => ORDER.indexOf(one) >= ORDER.indexOf(other);
