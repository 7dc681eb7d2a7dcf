import type { RunState } from '../run/run-state.ts';
import { PRICES, type Priced } from '../usage/prices.ts';
import { type RunUsage, toldUsage } from '../usage/run-usage.ts';
import { UNUSED } from '../usage/used.ts';
import type { RunUsageView } from './run-usage.ts';

/** What a person is shown of what a run has used: the dearest first. */
export function viewUsage({ id, status, components }: RunState, usage: RunUsage): RunUsageView {
  const billed = Object.entries(usage.all.billed) as [Priced, number][];
  return {
    runId: id,
    status,
    ...toldUsage(usage.all),
    cost: billed
      .filter(([, amount]) => amount > 0)
      .map(([unit, amount]) => ({ unit, amount, usd: amount * PRICES[unit] }))
      .sort((one, other) => other.usd - one.usd),
    components: components.map(({ name }) => ({ name, ...toldUsage(usage.components.get(name) ?? UNUSED) })),
  };
}
