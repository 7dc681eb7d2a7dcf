import type { Key } from '../ports/store.ts';

const padded = (value: number, width: number): string => String(value).padStart(width, '0');

export const runKey = (runId: string): Key => ({ pk: `RUN#${runId}`, sk: 'RUN' });
export const componentKey = (runId: string, component: string): Key => ({ pk: `RUN#${runId}`, sk: `COMPONENT#${component}` });
export const segmentKey = (runId: string, component: string, segment: number): Key => ({
  pk: `RUN#${runId}`,
  sk: `SEGMENT#${component}#${padded(segment, 4)}`,
});
/** `rev` is the item's revision that the event brought about. */
export const eventKey = (item: Key, rev: number): Key => ({ pk: item.pk, sk: `EVENT#${item.sk}#${padded(rev, 9)}` });
export const lockKey = (resource: string): Key => ({ pk: `LOCK#${resource}`, sk: 'LOCK' });
export const flagKey = (environment: string, flag: string): Key => ({ pk: `FLAG#${environment}#${flag}`, sk: 'FLAG' });
export const scheduleKey = (environment: string, schedule: string): Key => ({
  pk: `SCHEDULE#${environment}#${schedule}`,
  sk: 'SCHEDULE',
});
/** Alarms that were made for a rollout. */
export const alarmsKey = (runId: string, component: string): Key => ({ pk: `RUN#${runId}`, sk: `ALARMS#${component}` });
/** That a team's own alarm takes a rollout back. */
export const watchedAlarmKey = (alarm: string, runId: string, component: string): Key => ({
  pk: `ALARM#${alarm}`,
  sk: `${runId}#${component}`,
});
export const alertKey = (id: string): Key => ({ pk: `ALERT#${id}`, sk: 'ALERT' });
export const haltKey = (environment: string): Key => ({ pk: `HALT#${environment}`, sk: 'HALT' });
/** The places of every run that waits for its turn or has it. */
export const queueKey: Key = { pk: 'QUEUE', sk: 'QUEUE' };
/** Which of them could have gone in, and since when. */
export const queueWatchKey: Key = { pk: 'QUEUE', sk: 'WATCH' };
/** What cleaning has removed. */
export const cleaningKey: Key = { pk: 'CLEANING', sk: 'CLEANING' };
/** When people of an environment are told of alerts. */
export const alertSettingsKey = (environment: string): Key => ({ pk: `SETTINGS#alerts#${environment}`, sk: 'SETTINGS' });
export const limitsKey: Key = { pk: 'LIMITS', sk: 'LIMITS' };
/** When a person has started runs of late. */
export const rateKey = (person: string): Key => ({ pk: `RATE#${person}`, sk: 'RATE' });
export const idempotencyKey = (key: string): Key => ({ pk: `IDEMPOTENCY#${key}`, sk: 'IDEMPOTENCY' });
export const validationKey = (runId: string, scope: string, check: string): Key => ({
  pk: `RUN#${runId}`,
  sk: `VALIDATION#${scope}#${check}`,
});
/** What a reader has been told of a run, where that is too long for a cursor. */
export const cursorKey = (runId: string, name: string): Key => ({ pk: `CURSOR#${runId}`, sk: name });
/** A validation that a person asked for. */
export const askedValidationKey = (runId: string, id: string): Key => ({ pk: `RUN#${runId}`, sk: `ASKED#${id}` });
export const baselineKey = (environment: string, plan: string, check: string): Key => ({
  pk: `BASELINE#${environment}#${plan}`,
  sk: `BASELINE#${check}`,
});
