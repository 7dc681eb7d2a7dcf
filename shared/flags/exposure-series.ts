import type { SeriesName } from '../ports/metrics.ts';

/** The metric by which flag providers tell how many subjects they showed a variation of a flag. */
export const exposureSeries = (environment: string, flag: string, variation: string): SeriesName => ({
  namespace: 'Slipway',
  metric: 'Exposures',
  dimensions: { environment, flag, variation },
});
