import { expect, it } from 'vitest';
import { embeddedMetrics } from '../../../../shared/telemetry/embedded-metric.ts';

it('writes measures with the same labels into one line, counts as their sum and others as each value', () => {
  const lines = embeddedMetrics(
    [
      { name: 'slipway_api_calls_total', value: 1, labels: { service: 'dynamodb' } },
      { name: 'slipway_api_calls_total', value: 1, labels: { service: 'dynamodb' } },
      { name: 'slipway_api_calls_total', value: 1, labels: { service: 's3' } },
      { name: 'slipway_run_duration_seconds', value: 3, labels: { status: 'succeeded' } },
      { name: 'slipway_run_duration_seconds', value: 5, labels: { status: 'succeeded' } },
    ],
    'test',
    17,
  );
  const about = (label: string, name: string, unit: string) => ({
    Timestamp: 17,
    CloudWatchMetrics: [{ Namespace: 'Slipway', Dimensions: [['environment', label]], Metrics: [{ Name: name, Unit: unit }] }],
  });
  const calls = about('service', 'slipway_api_calls_total', 'Count');
  expect(lines).toEqual([
    { _aws: calls, environment: 'test', service: 'dynamodb', slipway_api_calls_total: 2 },
    { _aws: calls, environment: 'test', service: 's3', slipway_api_calls_total: 1 },
    {
      _aws: about('status', 'slipway_run_duration_seconds', 'Seconds'),
      environment: 'test',
      status: 'succeeded',
      slipway_run_duration_seconds: [3, 5],
    },
  ]);
});
