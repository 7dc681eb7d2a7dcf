import type { Grant } from './roles.ts';

/** A grant that no recording shows in use, and why it stays. A field left out stands for all: functions, statements, actions. */
export interface Exception extends Partial<Grant> {
  readonly reason: string;
  /** A scenario may come upon it by chance. */
  readonly race?: true;
}

/** What the later of two changes to a schedule asks, where the earlier one comes to make the timer. */
const OF_A_LATER_CHANGE: readonly (readonly [name: string, ...actions: string[]])[] = [
  ['put-schedule', 'scheduler:DeleteSchedule'],
  ['resume-schedule', 'scheduler:DeleteSchedule'],
  ['pause-schedule', 'scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'iam:PassRole'],
  ['delete-schedule', 'scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'iam:PassRole'],
];

export const EXCEPTIONS: readonly Exception[] = [
  { statement: 'Logs', reason: 'Lambda itself writes the log, in the name of the function' },
  { statement: 'Trace', reason: 'Lambda itself sends the traces, in the name of the function' },
  { statement: 'DeadLetter', reason: 'Lambda itself puts what an asynchronous function could not handle' },
  {
    function: 'work-segment',
    statement: 'ArtefactsBucket',
    action: 's3:ListBucket',
    reason: 'an interval that is repeated after a crash lists what its first try had announced, and waits a minute before',
  },
  {
    function: 'admit-run',
    statement: 'Executions',
    action: 'states:StopExecution',
    reason: 'a retry that overtakes the end of the execution before it stops that one',
    race: true,
  },
  {
    function: 'put-plan',
    statement: 'ControlTable',
    action: 'dynamodb:GetItem',
    reason: 'where two keep a version at once, the one that comes too late reads what the other wrote',
    race: true,
  },
  {
    function: 'request-approval',
    statement: 'Machines',
    action: 'states:SendTaskSuccess',
    reason: 'Step Functions repeats the state after a failure of Lambda, with another token, when the decision may be there',
    race: true,
  },
  {
    function: 'request-approval',
    statement: 'Machines',
    action: 'states:SendTaskFailure',
    reason: 'a run that is taken over between two states tells the waiting one',
    race: true,
  },
  ...['test-webhook', 'replay-delivery', 'deliver-webhooks'].map((name) => ({
    ...{ function: name, statement: 'EventBus', action: 'events:PutEvents' },
    reason:
      'a receiver that answers changes a webhook and its alerts: tests/scenarios/webhooks.test.ts has one, no scenario here',
  })),
  ...OF_A_LATER_CHANGE.flatMap(([name, ...actions]) =>
    actions.map((action) => ({
      ...{ function: name, action },
      reason: `${name} makes the timer what a change that came meanwhile wants, with ${action}`,
      race: true as const,
    })),
  ),
];

export const isExcepted = (grant: Grant, { function: name, statement, action }: Exception): boolean =>
  (name === undefined || name === grant.function) &&
  (statement === undefined || statement === grant.statement) &&
  (action === undefined || action === grant.action);
