export interface DashboardArgs {
  readonly region: string;
  readonly machines: readonly { readonly name: string; readonly arn: string }[];
  readonly tableName: string;
  readonly queueName: string;
  readonly apiId: string;
  readonly alarmArns: readonly string[];
}

type Metric = readonly unknown[];

const COLUMNS = 24;

/**
 * The body of a CloudWatch dashboard: what is on alarm, then runs, functions, API, store. It shows the functions of the account
 * together, for AWS charges a dashboard with more than 50 metrics; which function failed the alarms tell.
 */
export function dashboardBody(args: DashboardArgs): object {
  const graphs = [
    graph(args, 'Executions started', 'Sum', machineMetrics(args, 'ExecutionsStarted')),
    graph(args, 'Executions failed or timed out', 'Sum', [
      ...machineMetrics(args, 'ExecutionsFailed'),
      ...machineMetrics(args, 'ExecutionsTimedOut'),
    ]),
    graph(args, 'Functions of the account: errors and throttles', 'Sum', [
      ['AWS/Lambda', 'Errors'],
      ['AWS/Lambda', 'Throttles'],
    ]),
    graph(args, 'Functions of the account: how many at once', 'Maximum', [['AWS/Lambda', 'ConcurrentExecutions']]),
    graph(args, 'Functions of the account: how long (p95, ms)', 'p95', [['AWS/Lambda', 'Duration']]),
    graph(
      args,
      'Requests and their errors',
      'Sum',
      ['Count', '4xx', '5xx'].map((metric) => ['AWS/ApiGateway', metric, 'ApiId', args.apiId]),
    ),
    graph(args, 'Control table: units used and throttles', 'Sum', tableMetrics(args)),
    graph(args, 'Events that reached nobody', 'Maximum', [
      ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', args.queueName],
    ]),
  ];
  const width = COLUMNS / 3;
  const height = 6;
  const status = {
    type: 'alarm',
    ...{ x: 0, y: 0, width: COLUMNS, height: 4 },
    properties: { title: 'Alarms', sortBy: 'stateUpdatedTimestamp', alarms: args.alarmArns },
  };
  const placed = graphs.map((properties, index) => ({
    type: 'metric',
    ...{ x: (index % 3) * width, y: 4 + Math.floor(index / 3) * height, width, height },
    properties,
  }));
  return { widgets: [status, ...placed] };
}

const graph = ({ region }: DashboardArgs, title: string, stat: string, metrics: readonly Metric[]) => ({
  title,
  region,
  stat,
  metrics,
  period: 60,
  view: 'timeSeries',
});

const machineMetrics = ({ machines }: DashboardArgs, metric: string): readonly Metric[] =>
  machines.map(({ name, arn }) => ['AWS/States', metric, 'StateMachineArn', arn, { label: `${name} ${metric}` }]);

const tableMetrics = ({ tableName }: DashboardArgs): readonly Metric[] =>
  ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits', 'ReadThrottleEvents', 'WriteThrottleEvents'].map((metric) => [
    'AWS/DynamoDB',
    metric,
    'TableName',
    tableName,
  ]);
