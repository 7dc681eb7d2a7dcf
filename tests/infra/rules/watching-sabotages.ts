import { drop, put } from '../sabotage.ts';
import { changed, removed, type Sabotage } from './broken.ts';
import { ALARM, LAMBDA, QUEUE } from './rule.ts';

const COMPOSITE = 'aws:cloudwatch/compositeAlarm:CompositeAlarm';
const RECONCILE_ALARM = 'slipway-watch-function-reconcile-errors-alarm';
const LOST = 'what is lost goes to a queue that is watched';

export const WATCHING_SABOTAGES: readonly Sabotage[] = [
  removed('functions have an alarm', ALARM, ['slipway-fn-reconcile-lambda', 'alarm'], RECONCILE_ALARM),
  changed(
    'functions have an alarm',
    ALARM,
    'nobody is told',
    put({ alarmActions: [] }),
    ['slipway-fn-reconcile-lambda', 'alarm'],
    RECONCILE_ALARM,
  ),
  removed('machines have an alarm', ALARM, ['slipway-sm-run-machine', 'alarm'], 'slipway-watch-machine-run-failed-alarm'),
  removed('machines have an alarm', ALARM, ['slipway-sm-run-machine', 'alarm'], 'slipway-watch-machine-run-timed-out-alarm'),
  removed('tables have an alarm', ALARM, ['slipway-table-items', 'alarm'], 'slipway-watch-table-write-throttles-alarm'),
  removed('indexes have an alarm', ALARM, ['slipway-table-items', 'index'], 'slipway-watch-index-open-write-throttles-alarm'),
  removed('queues have an alarm', ALARM, [QUEUE, 'alarm'], 'slipway-watch-undelivered-events-alarm'),
  removed('APIs have an alarm', ALARM, ['slipway-http-api', 'alarm'], 'slipway-watch-api-failures-alarm'),
  changed(LOST, LAMBDA, 'a function drops events', drop('deadLetterConfig'), 'deadLetterConfig', 'slipway-fn-reconcile-lambda'),
  changed(LOST, 'aws:cloudwatch/eventTarget:EventTarget', 'a rule drops events', drop('deadLetterConfig'), 'deadLetterConfig'),
  removed(LOST, ALARM, ['slipway-fn-reconcile-lambda', 'queue with an alarm'], 'slipway-watch-undelivered-events-alarm'),
  changed(
    'alarms act, and do not fire for want of data',
    ALARM,
    'missing data fires it',
    put({ treatMissingData: 'breaching' }),
    'treatMissingData',
  ),
  removed('one alarm tells of all', COMPOSITE, [COMPOSITE, 'UnwellAlarm']),
  changed('one alarm tells of all', COMPOSITE, 'an alarm is left out', put({ alarmRule: 'ALARM("another")' }), [
    RECONCILE_ALARM,
    'UnwellAlarm',
  ]),
  changed(
    'the dashboard shows every alarm',
    'aws:cloudwatch/dashboard:Dashboard',
    'an empty page',
    put({ dashboardBody: '{"widgets":[]}' }),
    [RECONCILE_ALARM, 'plane-dashboard.ts'],
  ),
];
