/** List prices of us-east-1 in USD, as published on AWS's pricing pages of each service in 2026; no free tier, no discounts. */
export const PRICES = {
  /** On-demand request units: a write of 1 KB, a strongly consistent read of 4 KB. */
  dynamodbWrite: 0.625e-6,
  dynamodbRead: 0.125e-6,
  /** Standard workflows. */
  transition: 25e-6,
  lambdaRequest: 0.2e-6,
  /** arm64, first tier. */
  lambdaGbSecond: 13.3334e-6,
  /** Custom events, up to 64 KB each. */
  event: 1e-6,
  s3Put: 5e-6,
  s3List: 5e-6,
  s3Get: 0.4e-6,
  /** GetMetricData: a metric in a request, with up to five statistics. */
  metricAsked: 10e-6,
  /** CloudWatch's other requests. */
  cloudWatchRequest: 10e-6,
  /** A metric of an alarm for a month of 730 hours; of high resolution where its period is under a minute. */
  alarmMonth: 0.1,
  fineAlarmMonth: 0.3,
} as const;

export type Priced = keyof typeof PRICES;

/** How many of each were used. */
export type Usage = { readonly [unit in Priced]: number };

export const NOTHING: Usage = {
  dynamodbWrite: 0,
  dynamodbRead: 0,
  transition: 0,
  lambdaRequest: 0,
  lambdaGbSecond: 0,
  event: 0,
  s3Put: 0,
  s3List: 0,
  s3Get: 0,
  metricAsked: 0,
  cloudWatchRequest: 0,
  alarmMonth: 0,
  fineAlarmMonth: 0,
};

/** USD. */
export const priceOf = (usage: Usage): number => units(usage).reduce((sum, unit) => sum + usage[unit] * PRICES[unit], 0);

export const added = (one: Usage, other: Usage): Usage =>
  Object.fromEntries(units(one).map((unit) => [unit, one[unit] + other[unit]])) as unknown as Usage;

export const times = (usage: Usage, factor: number): Usage =>
  Object.fromEntries(units(usage).map((unit) => [unit, usage[unit] * factor])) as unknown as Usage;

export const units = (usage: Usage): Priced[] => Object.keys(usage) as Priced[];
