import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ResourceNotFoundException,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { mockClient } from 'aws-sdk-client-mock';
import { EventBridgeScheduler } from '../../adapters/aws/eventbridge-scheduler.ts';
import { VirtualClock } from '../../adapters/memory/virtual-clock.ts';
import { schedulerContract } from './scheduler-contract.ts';

const gone = () => new ResourceNotFoundException({ message: 'gone', Message: 'gone', $metadata: {} });

/** A group of EventBridge Scheduler, as far as the adapter asks. */
schedulerContract('EventBridge Scheduler, mocked', async () => {
  const client = new SchedulerClient({ region: 'eu-west-1' });
  const mock = mockClient(client as never);
  const made = new Map<string, CreateScheduleCommandInput>();
  mock.on(CreateScheduleCommand as never).callsFake(async (input: CreateScheduleCommandInput) => {
    if (made.has(input.Name ?? '')) throw new ConflictException({ message: 'there', Message: 'there', $metadata: {} });
    made.set(input.Name ?? '', input);
    return {};
  });
  mock.on(UpdateScheduleCommand as never).callsFake(async (input: CreateScheduleCommandInput) => {
    if (!made.has(input.Name ?? '')) throw gone();
    made.set(input.Name ?? '', input);
    return {};
  });
  mock.on(DeleteScheduleCommand as never).callsFake(async (input: { Name: string }) => {
    if (!made.delete(input.Name)) throw gone();
    return {};
  });
  mock.on(GetScheduleCommand as never).callsFake(async (input: { Name: string }) => {
    const found = made.get(input.Name);
    if (!found) throw gone();
    return found;
  });
  const arns = { target: 'arn:target', role: 'arn:role', deadLetters: 'arn:lost' };
  return {
    scheduler: new EventBridgeScheduler({ client, clock: new VirtualClock(), group: 'slipway-test', ...arns }),
    timers: async () => Object.fromEntries([...made].map(([name, { ScheduleExpression = '' }]) => [name, ScheduleExpression])),
    close: async () => mock.restore(),
  };
});
