import { added, PRICES, type Priced, priceOf, type Usage, units } from '../shared/usage/prices.ts';
import type { PricedRollout } from './rollout-cost.ts';
import { rolloutSection } from './rollout-cost-table.ts';

/** What one run of a plan used: counted of Slipway and of the plan's own tables, and modelled of what an embedded run has not. */
export interface PricedPlan {
  readonly name: string;
  readonly steps: number;
  readonly control: Usage;
  readonly data: Usage;
  readonly modelled: Usage;
}

const UNITS: { readonly [unit in Priced]: string } = {
  dynamodbWrite: 'DynamoDB write request units',
  dynamodbRead: 'DynamoDB read request units',
  transition: 'Step Functions state transitions',
  lambdaRequest: 'Lambda requests',
  lambdaGbSecond: 'Lambda GB-seconds (arm64)',
  event: 'EventBridge events',
  s3Put: 'S3 puts',
  s3List: 'S3 lists',
  s3Get: 'S3 gets',
  metricAsked: 'CloudWatch metrics asked for (GetMetricData)',
  cloudWatchRequest: 'CloudWatch requests (DescribeAlarms)',
  alarmMonth: 'CloudWatch alarms, metrics times months',
  fineAlarmMonth: 'CloudWatch alarms of high resolution, metrics times months',
};

/** The page docs/benchmarks/cost.md. */
export const costTable = (plans: readonly PricedPlan[], rollout: PricedRollout): string => `# What a run costs

Written by \`npm run bench -- cost\`. List prices of us-east-1 in 2026, without free tiers; they stand in \`shared/usage/prices.ts\`.

${plans.map(sectionOf).join('\n')}
${rolloutSection(rollout, UNITS)}
## What is counted, and what is modelled

Counted, in an embedded run of the real functions and state machines: request units as the store reckons them by the sizes of items
(a write whose condition fails as one unit; a run's two index entries with each write of it); state transitions by the histories of
executions, with each start of an execution as one; requests, events and objects. Of the children of a distributed Map, whose histories
are not kept, the states are reckoned from the counted calls: three for each child and two for each call. Repeats by \`Retry\` and reads
of whoever watches a run are not in it, nor are logs, traces, stored bytes and the API Gateway's requests.

Lambda's GB-seconds are measured here: **they depend on this machine**, on which all functions share one process, so that those side by
side wait for each other. Modelled is what an embedded run has not: 5 ms of network for each request to DynamoDB, 15 ms for each call of
a declared Task by a function that waits for it, all of it billed at 1 GB; a Task's own calls at 512 MB, a transform's for as long as a
page of 1,000 records took here, any other's own work not at all, since it is the user's.

The baselines of the goal (at most 0.005 USD for 1,000 steps): one write and one transition for everything costs 0.154, a loop of a Task
and a Choice 0.052.
`;

function sectionOf({ name, steps, control, modelled, data }: PricedPlan): string {
  const used = units(control).filter((unit) => control[unit] + modelled[unit] + data[unit] > 0);
  const rows = used.map((unit) => {
    const amounts = [control[unit], modelled[unit], data[unit]];
    const price = amounts.reduce((sum, amount) => sum + amount, 0) * PRICES[unit];
    return `| ${UNITS[unit]} | ${amounts.map(amountOf).join(' | ')} | ${price.toFixed(6)} |`;
  });
  const whole = priceOf(added(added(control, modelled), data));
  const prices = [control, modelled, data].map((usage) => priceOf(usage).toFixed(6));
  return `## ${name[0]?.toUpperCase()}${name.slice(1)}: ${steps.toLocaleString('en')}

| | Slipway, counted | modelled | the plan's own tables, counted | USD |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}
| **USD** | ${prices.join(' | ')} | **${whole.toFixed(6)}** |

**${((whole / steps) * 1000).toFixed(5)} USD for 1,000 steps**, ${((priceOf(added(control, modelled)) / steps) * 1000).toFixed(5)} of it Slipway's own.
`;
}

const amountOf = (amount: number): string => (amount === 0 ? '' : amount.toLocaleString('en', { maximumFractionDigits: 2 }));
