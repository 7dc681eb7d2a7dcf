import * as z from 'zod';
import { alertCode, severity } from '../alerts/alert-code.ts';
import { alertSettings } from '../alerts/alert-settings.ts';
import { alertState, alertStatus } from '../alerts/alert-state.ts';
import { page, reason } from './endpoint.ts';
import { environment } from './environment.ts';
import { timelineEvent } from './timeline.ts';

export const alertId = z.string().regex(/^[0-9a-f]{26}$/, 'must be the id of an alert: 26 characters of 0-9 and a-f');

export const alertView = alertState.omit({ source: true, sourceAt: true, rev: true });
export type AlertView = z.output<typeof alertView>;

export const listAlertsInput = z.strictObject({
  environment,
  status: alertStatus.optional(),
  severity: severity.optional(),
  code: alertCode.optional(),
  ...page,
});
/** Newest first. A page may hold fewer than asked for, or none, and go on all the same: `cursor` tells. */
export const alertList = z.object({ alerts: z.array(alertView), cursor: z.string().optional() });

export const getAlertInput = z.strictObject({ alertId });
/** With who raised, told and acknowledged it, oldest first. */
export const alertHistory = alertView.extend({ history: z.array(timelineEvent) });
export type AlertHistory = z.output<typeof alertHistory>;

export const acknowledgeAlertInput = z.strictObject({ alertId, note: z.string().max(1000).default('') });

export const getAlertSettingsInput = z.strictObject({ environment });
export const alertSettingsView = z.object({ environment: z.string(), settings: alertSettings, rev: z.number() });
export const putAlertSettingsInput = z.strictObject({
  environment,
  settings: alertSettings,
  reason: reason.default(''),
  /** The revision that the caller saw, 0 for none; otherwise it is refused (REVISION). */
  ifRev: z.int().min(0).optional(),
});
