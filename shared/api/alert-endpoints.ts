import * as z from 'zod';
import {
  acknowledgeAlertInput,
  alertHistory,
  alertList,
  alertSettingsView,
  alertView,
  getAlertInput,
  getAlertSettingsInput,
  listAlertsInput,
  putAlertSettingsInput,
} from './alerts.ts';
import { endpoint } from './endpoint.ts';
import { SAMPLE_EVENT, SAMPLE_RUN_ID } from './samples.ts';
import { timelineEvent } from './timeline.ts';

const environment = 'production';
const alertId = '5f1d7c0a93be4826a1c07e94d3';
const alert = {
  id: alertId,
  environment,
  code: 'MIGRATION_FAILED',
  subject: `run/${SAMPLE_RUN_ID}`,
  severity: 'critical',
  status: 'open',
  message: `Run ${SAMPLE_RUN_ID} failed: the table cities is gone`,
  next: `slipway retry ${SAMPLE_RUN_ID}`,
  count: 1,
  firstAt: SAMPLE_EVENT.at,
  lastAt: SAMPLE_EVENT.at,
  toldAt: SAMPLE_EVENT.at + 900,
  escalations: 0,
  tellAt: SAMPLE_EVENT.at + 900_900,
} as const;
const seen = {
  ...alert,
  status: 'acknowledged',
  acknowledged: { by: 'ann', at: SAMPLE_EVENT.at + 60_000, note: 'on it' },
} as const;
const night = { zone: 'Europe/Berlin', from: '22:00', to: '07:00' };
const settings = { tell: 'info', quietHours: [night], escalateAfterMinutes: 15, escalations: 3, queueStuckMinutes: 10 } as const;
const settingsView = {
  environment,
  settings: { ...settings, quietHours: [{ ...night, days: ['Mon' as const] }] },
  rev: 1,
};

/** The API of alerts. */
export const alertEndpoints = {
  'list-alerts': endpoint('GET /v1/alerts', listAlertsInput, alertList, {
    role: 'viewer',
    of: 'environment',
    refuses: ['CURSOR_UNKNOWN'],
    example: { input: { environment, status: 'open' }, output: { alerts: [alert] } },
  }),
  'get-alert': endpoint('GET /v1/alerts/{alertId}', getAlertInput, alertHistory, {
    role: 'viewer',
    of: 'alert',
    refuses: ['ALERT_NOT_FOUND'],
    example: {
      input: { alertId },
      output: { ...alert, history: [{ ...SAMPLE_EVENT, type: 'alertRaised', runId: '', item: `ALERT#${alertId}` }] },
    },
  }),
  'acknowledge-alert': endpoint('POST /v1/alerts/{alertId}/acknowledge', acknowledgeAlertInput, alertView, {
    role: 'operator',
    of: 'alert',
    refuses: ['ALERT_NOT_FOUND'],
    example: { input: { alertId, note: 'on it' }, output: seen },
  }),
  'get-alert-settings': endpoint('GET /v1/alert-settings', getAlertSettingsInput, alertSettingsView, {
    role: 'viewer',
    of: 'environment',
    refuses: [],
    example: { input: { environment }, output: settingsView },
  }),
  'put-alert-settings': endpoint('PUT /v1/alert-settings', putAlertSettingsInput, alertSettingsView, {
    role: 'admin',
    of: 'environment',
    refuses: ['REVISION'],
    example: {
      input: { environment, settings: { ...settings, quietHours: [night] }, reason: 'let people sleep', ifRev: 0 },
      output: settingsView,
    },
  }),
  'get-alert-settings-history': endpoint(
    'GET /v1/alert-settings/history',
    getAlertSettingsInput,
    z.object({ events: z.array(timelineEvent) }),
    {
      role: 'viewer',
      of: 'environment',
      refuses: [],
      example: {
        input: { environment },
        output: {
          events: [
            {
              ...SAMPLE_EVENT,
              type: 'alertSettingsPut',
              runId: '',
              item: `SETTINGS#alerts#${environment}`,
              data: { environment, settings: settingsView.settings, reason: 'let people sleep' },
            },
          ],
        },
      },
    },
  ),
} as const;
