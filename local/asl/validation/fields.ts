import type { State } from '../definition.ts';

const leaving = ['Output', 'Assign', 'Next', 'End'];
const fallible = [...leaving, 'Arguments', 'Retry', 'Catch'];
const everywhere = ['Type', 'Comment', 'QueryLanguage'];

/** The fields that each state type takes in JSONata. */
export const stateFields: Readonly<Record<State['Type'], readonly string[]>> = {
  Pass: [...everywhere, ...leaving],
  Task: [...everywhere, ...fallible, 'Resource', 'Credentials', 'TimeoutSeconds', 'HeartbeatSeconds'],
  Choice: [...everywhere, 'Output', 'Assign', 'Choices', 'Default'],
  Wait: [...everywhere, ...leaving, 'Seconds', 'Timestamp'],
  Succeed: [...everywhere, 'Output'],
  Fail: [...everywhere, 'Error', 'Cause'],
  Parallel: [...everywhere, ...fallible, 'Branches'],
  Map: [
    ...everywhere,
    ...leaving,
    'Retry',
    'Catch',
    'Items',
    'ItemReader',
    'ItemSelector',
    'ItemBatcher',
    'ResultWriter',
    'MaxConcurrency',
    'ToleratedFailureCount',
    'ToleratedFailurePercentage',
    'ItemProcessor',
    'Iterator',
    'Label',
  ],
};

/** Fields of JSONPath machines, which this engine does not run. */
export const jsonPathFields: ReadonlySet<string> = new Set([
  'InputPath',
  'OutputPath',
  'ResultPath',
  'ResultSelector',
  'Parameters',
  'Result',
  'Variable',
  'ItemsPath',
  'SecondsPath',
  'TimestampPath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'ErrorPath',
  'CausePath',
  'MaxConcurrencyPath',
  'ToleratedFailureCountPath',
  'ToleratedFailurePercentagePath',
  'MaxItemsPath',
]);

/** Fields whose strings may be expressions. */
export const expressionFields: readonly string[] = [
  'Output',
  'Assign',
  'Arguments',
  'Credentials',
  'TimeoutSeconds',
  'HeartbeatSeconds',
  'Seconds',
  'Timestamp',
  'Error',
  'Cause',
  'Items',
  'ItemSelector',
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'MaxConcurrency',
  'ToleratedFailureCount',
  'ToleratedFailurePercentage',
];
