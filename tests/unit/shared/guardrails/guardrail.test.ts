import { describe, expect, it } from 'vitest';
import { alarmDefinition, metricsOf } from '../../../../shared/guardrails/alarm-definition.ts';
import {
  bakeSchema,
  type GuardrailInput,
  guardrailSchema,
  minSampleSchema,
  stagesSchema,
  type ThresholdGuardrail,
} from '../../../../shared/guardrails/guardrail.ts';

const metric = { name: 'p95', type: 'metric', metric: 'latency', statistic: 'p95', limit: 500 } as const;
const problems = (input: unknown): string[] =>
  (guardrailSchema.safeParse(input).error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`);
const definition = (input: GuardrailInput) => alarmDefinition(guardrailSchema.parse(input) as ThresholdGuardrail);

describe('guardrailSchema', () => {
  it('fills in what is not said', () => {
    expect(guardrailSchema.parse(metric)).toEqual({
      ...metric,
      action: 'rollback',
      is: '>',
      window: 300_000,
      period: '60s',
      missing: 'missing',
      lowSamples: 'evaluate',
    });
  });

  it.each([
    [{ window: '90s' }, 'window must be a whole number of periods of 60s'],
    [{ window: '25h' }, "window must be at most 1d, CloudWatch's longest window"],
    [{ breaching: 6 }, 'breaching must be at most 5, the periods of the window'],
    [{ limit: Number.NaN }, 'limit Invalid input: expected number, received NaN'],
    [{ limit: Number.POSITIVE_INFINITY }, 'limit Invalid input: expected number, received Infinity'],
    [{ statistic: 'p101' }, 'statistic must be Average, Sum, Minimum, Maximum, SampleCount or a percentile such as p95 or p99.9'],
    [{ action: 'panic' }, 'action Invalid option: expected one of "rollback"|"hold"|"alert"'],
    [{ metric: '' }, 'metric must be 1 to 255 printable ASCII characters and not begin with a colon'],
    [{ compare: { atMost: 0.9 } }, 'compare.atMost Too small: expected number to be >=1'],
  ])('refuses %j', (over, problem) => {
    expect(problems({ ...metric, ...over })).toEqual([problem]);
  });

  it('refuses an expression that is no arithmetic, or names what is not there', () => {
    const math = { name: 'rate', type: 'math', limit: 1, metrics: { e: { metric: 'errors', statistic: 'Sum' } } } as const;
    expect(problems({ ...math, expression: 'e / 2' })).toEqual([]);
    expect(problems({ ...math, expression: 'e /' })).toEqual(['expression ends where a number, a name or ( should be']);
    expect(problems({ ...math, expression: 'e / r' })).toEqual(['expression names r, which is not one of the metrics']);
    expect(problems({ ...math, expression: '1 + 1' })).toEqual(['expression names no metric']);
  });
});

describe('alarmDefinition', () => {
  it('makes a window of five minutes three of five, or of 10-second periods eighteen of thirty', () => {
    expect(definition(metric)).toMatchObject({ evaluationPeriods: 5, datapointsToAlarm: 3, periodMs: 60_000, expression: 'm' });
    expect(definition({ ...metric, period: '10s' })).toMatchObject({ evaluationPeriods: 30, datapointsToAlarm: 18 });
    expect(definition({ ...metric, breaching: 1 })).toMatchObject({ datapointsToAlarm: 1 });
  });

  it('writes a rate as metric math in percent', () => {
    const rate = definition({ name: 'errors', type: 'rate', events: 'errors', of: 'requests', limit: 1 });
    expect(rate).toMatchObject({
      expression: '100 * FILL(events, 0) / total',
      metrics: { events: { metric: 'errors', statistic: 'Sum' }, total: { metric: 'requests', statistic: 'Sum' } },
    });
    expect(metricsOf(rate)).toEqual(['errors', 'requests']);
  });

  it('takes arithmetic as it is', () => {
    const metrics = { a: { metric: 'x', statistic: 'Sum' }, b: { metric: 'x', statistic: 'Maximum' } };
    const math = definition({ name: 'm', type: 'math', metrics, expression: 'a - b', limit: 1, is: '<=' });
    expect(math).toMatchObject({ expression: 'a - b', metrics, operator: '<=' });
    expect(metricsOf(math)).toEqual(['x']);
  });
});

describe('stagesSchema', () => {
  const stages = (input: unknown): unknown => {
    const parsed = stagesSchema.safeParse(input);
    return parsed.success
      ? parsed.data.map(({ percent }) => percent)
      : parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  };

  it('is 1, 10, 50, 100 where nothing is said, each for 10 minutes and 1,000 exposures an arm', () => {
    expect(stages(undefined)).toEqual([1, 10, 50, 100]);
    expect([bakeSchema.parse(undefined), minSampleSchema.parse(undefined)]).toEqual([600_000, 1000]);
  });

  it('takes numbers and stages with a bake, a sample and an approval of their own', () => {
    expect(stagesSchema.parse([0.1, { percent: 20, bake: '1h', minSample: 50 }, { percent: 30, approval: true }])).toEqual([
      { percent: 0.1 },
      { percent: 20, bake: 3_600_000, minSample: 50 },
      { percent: 30, approval: true },
    ]);
  });

  it.each([
    [[10, 5], ['1 must be above 10, the stage before it']],
    [[10, 10], ['1 must be above 10, the stage before it']],
    [[100, 100], ['1 must not be 100 twice']],
    [[100, 50], ['1 must be above 100, the stage before it']],
    [[0, 50], ['0 must be a percentage above 0 and at most 100, or { percent, bake, minSample, approval }']],
    [[50, 101], ['1 must be a percentage above 0 and at most 100, or { percent, bake, minSample, approval }']],
  ])('refuses %j', (input, problem) => {
    expect(stages(input)).toEqual(problem);
  });

  it('refuses no stages, NaN and text', () => {
    for (const input of [[], [Number.NaN], ['10'], [{ bake: '1m' }]]) expect(stagesSchema.safeParse(input).success).toBe(false);
  });
});
