import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  SchedulerClient,
  ThrottlingException,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { EventBridgeScheduler } from '../../../../adapters/aws/eventbridge-scheduler.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import type { Timer } from '../../../../shared/ports/scheduler.ts';

const NOW = Date.parse('2026-11-22T12:00:30Z');
const HOUR = 3_600_000;
const mock = mockClient(SchedulerClient);
const scheduler = new EventBridgeScheduler({
  client: new SchedulerClient({ region: 'eu-west-1' }),
  clock: new VirtualClock(NOW),
  group: 'slipway-test',
  target: 'arn:target',
  role: 'arn:role',
  deadLetters: 'arn:lost',
});
const put = (over: Partial<Timer>) =>
  scheduler.put({
    environment: 'test',
    name: 'nightly',
    expression: 'rate(1 hour)',
    zone: 'UTC',
    anchor: 0,
    windowMinutes: 0,
    ...over,
  });
const sent = () => mock.commandCalls(UpdateScheduleCommand).at(-1)?.args[0].input;

beforeEach(() => {
  mock.reset();
  mock.on(UpdateScheduleCommand).resolves({});
});

describe('a timer of EventBridge Scheduler', () => {
  it('calls the one function, in the name of its role, with the time for which it calls', async () => {
    await put({ expression: 'cron(30 2 * * ? *)', zone: 'Europe/Berlin', windowMinutes: 15, end: NOW + HOUR });
    expect(sent()).toEqual({
      Name: 'test.nightly',
      GroupName: 'slipway-test',
      ScheduleExpression: 'cron(30 2 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      EndDate: new Date(NOW + HOUR),
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      State: 'ENABLED',
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: 'arn:target',
        RoleArn: 'arn:role',
        Input: '{"environment":"test","name":"nightly","at":"<aws.scheduler.scheduled-time>"}',
        DeadLetterConfig: { Arn: 'arn:lost' },
        RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 10 },
      },
    });
  });

  it.each([
    ['a rate goes on in step with its first time', { anchor: NOW - 90 * 60_000 }, NOW + 30 * 60_000],
    ['a rate that is due now starts at once', { anchor: NOW - 30_000 }, undefined],
    ['a rate waits for its start', { anchor: NOW + 2 * HOUR, start: NOW + 2 * HOUR }, NOW + 2 * HOUR],
    ['cron waits for its start', { expression: 'cron(0 * * * ? *)', start: NOW + HOUR }, NOW + HOUR],
    ['a start that is past is left out', { expression: 'cron(0 * * * ? *)', start: NOW - HOUR }, undefined],
  ])('%s', async (_, over, start) => {
    await put(over);
    expect(sent()?.StartDate?.getTime()).toBe(start);
  });

  it('tells of a failure of the service as one that may pass', async () => {
    const throttled = new ThrottlingException({ message: 'slow down', Message: 'slow down', $metadata: {} });
    const gone = new ResourceNotFoundException({ message: 'gone', Message: 'gone', $metadata: {} });
    mock.on(UpdateScheduleCommand).rejects(throttled);
    mock.on(DeleteScheduleCommand).rejects(throttled);
    const told = { name: 'SchedulerError', retryable: true, message: expect.stringContaining('slow down') };
    await expect(put({})).rejects.toMatchObject(told);
    await expect(scheduler.remove('test', 'nightly')).rejects.toMatchObject(told);
    mock.on(UpdateScheduleCommand).rejects(gone);
    mock.on(CreateScheduleCommand).rejects(throttled);
    await expect(put({})).rejects.toMatchObject(told);
  });
});
