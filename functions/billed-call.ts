import type { Call } from '../adapters/aws/clients.ts';
import type { Usage } from '../shared/usage/prices.ts';
import type { CallMeter } from './middleware/call-meter.ts';

/** Sends a request of a client, and bills it to the run that the present call works for. */
export async function billedCall<T>(meter: CallMeter, call: Call, send: () => Promise<T>): Promise<T> {
  const unit = CAPACITY[call.command];
  // DynamoDB itself tells what it bills, where it is asked.
  if (unit !== undefined) Object.assign(call.input, { ReturnConsumedCapacity: 'TOTAL' });
  try {
    const answer = await send();
    meter.bill(unit === undefined ? billedOf(call) : { [unit]: unitsOf(answer) });
    return answer;
  } catch (error) {
    // A write that is refused is billed as one that is not.
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') meter.bill({ dynamodbWrite: 1 });
    throw error;
  }
}

const CAPACITY: { readonly [command: string]: 'dynamodbRead' | 'dynamodbWrite' } = {
  GetItemCommand: 'dynamodbRead',
  BatchGetItemCommand: 'dynamodbRead',
  QueryCommand: 'dynamodbRead',
  ScanCommand: 'dynamodbRead',
  UpdateItemCommand: 'dynamodbWrite',
  PutItemCommand: 'dynamodbWrite',
  DeleteItemCommand: 'dynamodbWrite',
  BatchWriteItemCommand: 'dynamodbWrite',
};

interface Capacity {
  readonly CapacityUnits?: number;
}

/** Of one table, or of each. */
function unitsOf(answer: unknown): number {
  const { output } = answer as { readonly output?: { readonly ConsumedCapacity?: Capacity | readonly Capacity[] } };
  return [output?.ConsumedCapacity ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}

function billedOf({ client, command, input }: Call): Partial<Usage> {
  if (command === 'GetMetricDataCommand') return { metricAsked: (input as { MetricDataQueries: [] }).MetricDataQueries.length };
  return client === 'CloudWatchClient' ? { cloudWatchRequest: 1 } : {};
}
