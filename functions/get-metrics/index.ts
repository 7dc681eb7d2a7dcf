import { planeEndpoints } from '../../shared/api/plane-endpoints.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const HOUR_MS = 3_600_000;

const core: ApiCore<'get-metrics'> = async (asked, deps) => {
  const { namespace, metric, statistic, periodSeconds } = asked;
  const periodMs = periodSeconds * 1000;
  const to = asked.to ?? Math.ceil(deps.clock.now() / periodMs) * periodMs;
  const from = asked.from ?? to - Math.max(HOUR_MS, periodMs);
  const dimensions = dimensionsOf(asked.dimensions);
  const [figures = []] = await deps.metrics.figures([{ namespace, metric, dimensions, statistic }], { from, to, periodMs });
  return { namespace, metric, dimensions, statistic, from, to, periodSeconds, figures: [...figures] };
};

/** `Service=search,variation=on` */
const dimensionsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(',')
      .filter((pair) => pair !== '')
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );

export const create = apiFunction(planeEndpoints['get-metrics'], core, {
  environmentsOf: ({ dimensions }, deps) => [dimensionsOf(dimensions)['environment'] ?? deps.environment],
});
export const handler = onAws(create);
