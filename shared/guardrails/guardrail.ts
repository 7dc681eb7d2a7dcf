import * as z from 'zod';
import { name } from '../notation/names.ts';
import { durationUpTo, positiveDuration } from '../notation/quantities.ts';
import { PERIODS, periodMs } from './guardrail-period.ts';
import { parseMetricMath } from './metric-math.ts';

const outOfRange = (message: string) => ({ message, params: { code: 'OUT_OF_RANGE' } });

/** CloudWatch looks back at most a day where the period is shorter than an hour. */
const DAY_MS = 86_400_000;

export const metricName = z
  .string({ error: 'must be text' })
  .regex(
    /^(?!:)[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/,
    'must be 1 to 255 printable ASCII characters and not begin with a colon',
  );

const STATISTIC = 'must be Average, Sum, Minimum, Maximum, SampleCount or a percentile such as p95 or p99.9';
const statistic = z
  .string({ error: STATISTIC })
  .regex(/^(?:Average|Sum|Minimum|Maximum|SampleCount|p(?:100|\d{1,2}(?:\.\d{1,10})?))$/, STATISTIC)
  .describe('How the values of one period become one figure.');

const metricStat = z.strictObject({
  metric: metricName.describe('The name of the metric.'),
  statistic: statistic.default('Average'),
});

const compare = z
  .strictObject({
    atMost: z
      .number()
      .min(1)
      .max(100)
      .default(1.1)
      .describe("The rate of trouble on the new path, over the control's, that is put up with."),
  })
  .describe('Also compare with the concurrent control, whatever the limit.');

const base = {
  name: name.describe('Unique in its component.'),
  action: z
    .enum(['rollback', 'hold', 'alert'])
    .default('rollback')
    .describe('What a trip does: take the component back, keep it from being promoted, or tell only.'),
};

const threshold = {
  ...base,
  is: z.enum(['>', '>=', '<', '<=']).default('>').describe('How the figure compares with the limit when it is bad.'),
  limit: z.number().describe('The limit.'),
  window: durationUpTo(DAY_MS, "CloudWatch's longest window").prefault('5m').describe('How far back an alarm looks.'),
  period: z.enum(PERIODS).default('60s').describe('The length of one datapoint; 10s needs a metric of high resolution.'),
  breaching: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('How many datapoints of the window must be bad; three in five where absent.'),
  missing: z
    .enum(['missing', 'ignore', 'breaching', 'notBreaching'])
    .default('missing')
    .describe('What a datapoint that did not come counts as.'),
  lowSamples: z
    .enum(['evaluate', 'ignore'])
    .default('evaluate')
    .describe('For percentiles: `ignore` leaves the state as it is where there are too few samples.'),
};

const metric = z
  .strictObject({ ...threshold, type: z.literal('metric'), ...metricStat.shape, compare: compare.optional() })
  .describe('One statistic of one metric. Compared with the control, it is the share of values beyond its 95th percentile.');

const rate = z
  .strictObject({
    ...threshold,
    type: z.literal('rate'),
    events: metricName.describe('Counts what went wrong; where it did not come it counts as 0.'),
    of: metricName.describe('Counts what could have gone wrong.'),
    compare: compare.optional(),
  })
  .describe('The sum of one metric in percent of the sum of another.');

const math = z
  .strictObject({
    ...threshold,
    type: z.literal('math'),
    metrics: z
      .record(z.string().regex(/^[a-z][A-Za-z0-9_]{0,254}$/, 'must begin with a lower-case letter'), metricStat)
      .refine((metrics) => Object.keys(metrics).length <= 10, outOfRange('must be at most 10 metrics'))
      .describe('Metrics by the name that the expression gives them.'),
    expression: z
      .string({ error: 'must be text' })
      .min(1)
      .max(500)
      .describe('+ - * / ( ), numbers, names, and FILL(name, number).'),
  })
  .describe('Arithmetic over metrics.');

const alarm = z
  .strictObject({
    ...base,
    type: z.literal('alarm'),
    alarm: z.string({ error: 'must be text' }).min(1).max(255).describe('The name of an alarm that exists, plain or composite.'),
  })
  .describe("The team's own alarm.");

/** What trips an automatic rollback. `window` is parsed to ms. */
export const guardrailSchema = z.discriminatedUnion('type', [metric, rate, math, alarm]).superRefine((guardrail, context) => {
  if (guardrail.type === 'alarm') return;
  checkWindow(guardrail, context);
  if (guardrail.type === 'math') checkExpression(guardrail, context);
});

export type Guardrail = z.output<typeof guardrailSchema>;
export type GuardrailInput = z.input<typeof guardrailSchema>;
/** A guardrail that Slipway makes an alarm for. */
export type ThresholdGuardrail = Exclude<Guardrail, { type: 'alarm' }>;

function checkWindow(guardrail: ThresholdGuardrail, context: z.RefinementCtx): void {
  const periods = guardrail.window / periodMs(guardrail);
  const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], ...outOfRange(message) });
  if (!Number.isInteger(periods)) issue('window', `must be a whole number of periods of ${guardrail.period}`);
  if ((guardrail.breaching ?? 1) > periods)
    issue('breaching', `must be at most ${Math.floor(periods)}, the periods of the window`);
}

function checkExpression({ expression, metrics }: ThresholdGuardrail & { type: 'math' }, context: z.RefinementCtx): void {
  const parsed = parseMetricMath(expression);
  const issue = (message: string) =>
    context.addIssue({ code: 'custom', path: ['expression'], message, params: { code: 'BAD_EXPRESSION' } });
  if (!parsed.ok) {
    issue(parsed.problem);
    return;
  }
  for (const used of parsed.names) if (!Object.hasOwn(metrics, used)) issue(`names ${used}, which is not one of the metrics`);
  if (parsed.names.length === 0) issue('names no metric');
}

const stagePercent = z.number().gt(0, 'must be above 0').max(100, 'must be at most 100');
const bake = positiveDuration.describe('How long the stage is watched before it may be promoted.');
const minSample = z
  .number()
  .int()
  .min(1)
  .max(1_000_000_000)
  .describe('How many exposures each arm needs before it may be promoted.');

/** What a stage may have of its own. */
export const stageSettings = {
  bake: bake.optional(),
  minSample: minSample.optional(),
  approval: z.boolean().optional().describe('Whether it waits for `slipway promote` when it is judged good.'),
};

type Settings = z.output<z.ZodObject<typeof stageSettings>>;

const STAGE = 'must be a percentage above 0 and at most 100, or { percent, bake, minSample, approval }';
const stage = z.union(
  [
    stagePercent.transform((percent): { percent: number } & Settings => ({ percent })),
    z.strictObject({
      percent: stagePercent.describe('The share of traffic on the new path.'),
      ...stageSettings,
    }),
  ],
  { error: STAGE },
);

/** Percentages of traffic, strictly rising; where 100 comes it comes last, and once. What a stage does not say is as the rollout says. */
export const stagesSchema = z
  .array(stage)
  .min(1)
  .max(50)
  .superRefine((stages, context) => {
    for (const [index, { percent }] of stages.entries()) {
      const before = stages[index - 1]?.percent ?? 0;
      if (percent > before) continue;
      const message = percent === 100 ? 'must not be 100 twice' : `must be above ${before}, the stage before it`;
      context.addIssue({ code: 'custom', path: [index], message, params: { code: 'NOT_RISING' } });
    }
  })
  .prefault([1, 10, 50, 100])
  .describe('Percentages of traffic on the new path, strictly rising.');

export const bakeSchema = bake.prefault('10m');
export const minSampleSchema = minSample.default(1000);
