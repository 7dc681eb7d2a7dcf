import { planeEndpoints } from '../../shared/api/plane-endpoints.ts';
import { datapointProblem, seriesProblem } from '../../shared/guardrails/datapoint.ts';
import type { MetricDatum } from '../../shared/ports/metrics.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

/** What the tracking API was told is a metric of its own name, by the words that were given with it. */
const core: ApiCore<'put-metrics'> = async ({ data, environment, events }, deps) => {
  const now = deps.clock.now();
  const tracked = events.map(({ name, at, value = 1, attributes = {} }): MetricDatum => {
    const words = Object.entries({ environment, ...attributes }).filter(([, word]) => typeof word === 'string');
    return {
      namespace: 'Slipway',
      metric: name,
      dimensions: Object.fromEntries(words) as Record<string, string>,
      at,
      values: [value],
    };
  });
  const all: MetricDatum[] = [
    ...data.map(({ counts, unit, ...datum }) => ({ ...datum, ...(counts && { counts }), ...(unit && { unit }) })),
    ...tracked,
  ];
  const problems = all.map((datum) => seriesProblem(datum) ?? datapointProblem(datum, now));
  await deps.metrics.put(all.filter((_, index) => problems[index] === undefined));
  const refused = problems.flatMap((why, index) => (why === undefined ? [] : [{ index, why: `The datapoint ${why}.` }]));
  return { taken: all.length - refused.length, refused };
};

export const create = apiFunction(planeEndpoints['put-metrics'], core, {
  environmentsOf: ({ environment, data }, deps) => [
    environment ?? deps.environment,
    ...data.flatMap(({ dimensions }) => dimensions['environment'] ?? []),
  ],
});
export const handler = onAws(create);
