import type { Priced, Usage } from '../shared/usage/prices.ts';
import { PRICES, priceOf, times, units } from '../shared/usage/prices.ts';
import type { PricedRollout, RolloutRun } from './rollout-cost.ts';

/** The section on a rollout of 30 days, with the arithmetic that leads to it. */
export function rolloutSection(
  { runs, begun, look, all, looks, alarms, whole }: PricedRollout,
  names: { readonly [unit in Priced]: string },
): string {
  const rows = units(whole)
    .filter((unit) => whole[unit] > 0)
    .map((unit) => {
      const amounts = [begun[unit], look[unit], looks * look[unit], alarms[unit], whole[unit]].map(amountOf);
      return `| ${names[unit]} | ${amounts.join(' | ')} | ${(whole[unit] * PRICES[unit]).toFixed(4)} |`;
    });
  const usd = (usage: Usage) => priceOf(usage).toFixed(4);
  const [short, long] = runs;
  const count = looks.toLocaleString('en');
  return `## A rollout of 30 days

Stages of 1, 10, 50 and 100 %, seven and a half days each, two guardrails (a rate of errors and a p95, both compared with the control),
periods of a minute, nothing goes wrong: **${priceOf(whole).toFixed(2)} USD**.

| | the first ${long.hours} hours of each stage, counted | a later look | ${count} later looks | alarms | all | USD |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}
| **USD** | ${usd(begun)} | ${priceOf(look).toFixed(6)} | ${usd(times(look, looks))} | ${usd(alarms)} | | **${usd(whole)}** |

Two rollouts were run to their ends, on an embedded plane whose clock is put forward a minute whenever all of it waits, with GetMetricData
asked through the adapter for CloudWatch: ${runText(short)}, and ${runText(long)}. In
stages so old looks are five minutes apart, and stay so. What the second run used more, through ${long.looks - short.looks} looks more, is therefore what
a later look uses, with the \`reconcile\` that runs meanwhile. 30 days have ${all.toLocaleString('en')} looks by the rule that sets them, so
they use what the second run used and ${count} such looks. (The rule has more looks than were counted, since the clock is put forward by whole
minutes.)

Alarms are reckoned by the hour, and by the metrics that each evaluates. Of Lambda's GB-seconds 5 ms for each request to DynamoDB and 100 ms for
each to CloudWatch are modelled. The fresh execution after every 1,500 looks is left out, and so are the metrics themselves, which the
application sends.
`;
}

const amountOf = (amount: number): string => (amount === 0 ? '' : amount.toLocaleString('en', { maximumFractionDigits: 2 }));

const runText = ({ hours, looks, looksPlanned }: RolloutRun): string =>
  `stages of ${hours} hours with ${looks.toLocaleString('en')} looks (${looksPlanned.toLocaleString('en')} by the rule)`;
