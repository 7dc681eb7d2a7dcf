import { describe, expect, it } from 'vitest';
import type { AlarmDefinition } from '../../../../shared/guardrails/alarm-definition.ts';
import { type AlarmReading, type AlarmState, evaluateAlarm } from '../../../../shared/guardrails/evaluate-alarm.ts';
import type { Datapoint } from '../../../../shared/ports/metrics.ts';

const PERIOD = 60_000;
const NOW = 100 * PERIOD + 5_000;

const definition = (over: Partial<AlarmDefinition> = {}): AlarmDefinition => ({
  metrics: { m: { metric: 'latency', statistic: 'Average' } },
  expression: 'm',
  operator: '>',
  threshold: 1,
  periodMs: PERIOD,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  missing: 'missing',
  lowSamples: 'evaluate',
  ...over,
});

/** In the middle of the period that ended `back` periods before the one under way (1: the newest whole one). */
const at = (back: number): number => (100 - back) * PERIOD + 30_000;
const point = (back: number, ...values: number[]): Datapoint => ({ at: at(back), values });

/** `0 - X`: good, missing, bad; the newest is on the right. */
const series = (picture: string): Datapoint[] => {
  const marks = picture.split(' ');
  return marks.flatMap((mark, index) => (mark === '-' ? [] : [point(marks.length - index, mark === 'X' ? 2 : 0)]));
};

const evaluate = (picture: string, over: Partial<AlarmDefinition>, state: AlarmState = 'OK'): AlarmState =>
  evaluateAlarm(definition(over), { latency: series(picture) }, { now: NOW, state }).state;

type Row = [picture: string, missing: string, ignore: string, breaching: string, notBreaching: string];
const KEPT = 'kept';
const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

/** The tables of "Configuring how CloudWatch alarms treat missing data". */
const THREE_OF_THREE: Row[] = [
  ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
  ['- - - - -', 'INSUFFICIENT_DATA', KEPT, 'ALARM', 'OK'],
  ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - X - -', 'ALARM', KEPT, 'ALARM', 'OK'],
];
const TWO_OF_THREE: Row[] = [
  ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - X -', 'ALARM', KEPT, 'ALARM', 'OK'],
];

describe('evaluateAlarm', () => {
  it('says which figure the newest datapoint has', () => {
    const { reason } = evaluateAlarm(
      definition(),
      { latency: [point(3, 2), point(2, 3), point(1, 29.41176)] },
      { now: NOW, state: 'OK' },
    );
    expect(reason).toBe('3 of 3 datapoints > 1, the newest 29.41; 3 of 3 trip the alarm.');
  });

  describe.each([
    [3, THREE_OF_THREE],
    [2, TWO_OF_THREE],
  ] as const)('agrees with the published table of %i of 3', (datapointsToAlarm, rows) => {
    it.each(rows)('%s', (picture, ...expected) => {
      for (const [index, missing] of treatments.entries()) {
        for (const state of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const) {
          const wanted = expected[index] === KEPT ? state : expected[index];
          expect(evaluate(picture, { datapointsToAlarm, missing }, state), `${missing} from ${state}`).toBe(wanted);
        }
      }
    });
  });

  it('does not go into alarm for a last datapoint alone, but does once it is as old as M periods', () => {
    expect(evaluate('- - - - X', {})).toBe('OK');
    expect(evaluate('- - - X -', {})).toBe('OK');
    expect(evaluate('- - X - -', {})).toBe('ALARM');
    expect(evaluate('- - X - 0', {})).toBe('OK');
  });

  it('looks at no period that is under way', () => {
    const underWay = { at: 100 * PERIOD + 1_000, values: [99] };
    const read = (datapoints: Datapoint[]): AlarmReading =>
      evaluateAlarm(definition(), { latency: datapoints }, { now: NOW, state: 'OK' });
    expect(read([point(1, 0), point(2, 0), point(3, 0), underWay])).toMatchObject({ state: 'OK', value: 0 });
  });

  it('computes rates by metric math, with a missing count of errors as none and no rate without requests', () => {
    const rate = definition({
      metrics: { errors: { metric: 'errors', statistic: 'Sum' }, requests: { metric: 'requests', statistic: 'Sum' } },
      expression: '100 * FILL(errors, 0) / requests',
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
    });
    const read = (errors: Datapoint[], requests: Datapoint[]): AlarmReading =>
      evaluateAlarm(rate, { errors, requests }, { now: NOW, state: 'OK' });
    expect(read([point(1, 1, 1)], [point(1, 50, 50)])).toMatchObject({ state: 'ALARM', value: 2 });
    expect(read([], [point(1, 50)])).toMatchObject({ state: 'OK', value: 0 });
    expect(read([point(1, 1)], [])).toMatchObject({ state: 'INSUFFICIENT_DATA', value: null });
    expect(read([point(1, 1)], [point(1, 0)])).toMatchObject({ state: 'INSUFFICIENT_DATA', value: null });
  });

  it('weighs percentiles by counts, and leaves the state alone where samples are few and that is wanted', () => {
    const p99 = (over: Partial<AlarmDefinition>): AlarmDefinition =>
      definition({
        metrics: { m: { metric: 'latency', statistic: 'p99' } },
        evaluationPeriods: 1,
        datapointsToAlarm: 1,
        threshold: 500,
        ...over,
      });
    const of = (low: number, high: number): Record<string, Datapoint[]> => ({
      latency: [{ at: at(1), values: [900, 10], counts: [high, low] }],
    });
    const read = (count: Record<string, Datapoint[]>, lowSamples: 'evaluate' | 'ignore'): AlarmState =>
      evaluateAlarm(p99({ lowSamples }), count, { now: NOW, state: 'INSUFFICIENT_DATA' }).state;
    expect(read(of(990, 10), 'ignore')).toBe('OK');
    expect(read(of(989, 11), 'ignore')).toBe('ALARM');
    expect(read(of(98, 2), 'evaluate')).toBe('ALARM');
    expect(read(of(98, 2), 'ignore')).toBe('INSUFFICIENT_DATA');
  });

  it.each([
    [{ at: at(1), values: [Number.NaN] }, 'has the value NaN'],
    [{ at: at(1), values: [Number.POSITIVE_INFINITY] }, 'has the value Infinity'],
    [{ at: NOW + 60_000, values: [2] }, 'lies 60 s in the future'],
    [{ at: Number.NaN, values: [2] }, 'has the time NaN'],
    [{ at: at(1), values: [] }, 'has no values'],
    [{ at: at(1), values: [1, 2], counts: [1] }, 'has 2 values and 1 counts'],
    [{ at: at(1), values: [1], counts: [-1] }, 'has the count -1'],
    [{ at: NOW - 15 * 86_400_000, values: [1] }, 'is more than two weeks old'],
  ])('leaves out what cannot be used, and says so: %j', (bad, problem) => {
    const now = bad.at < 0 ? 0 : NOW;
    const reading = evaluateAlarm(definition(), { latency: [bad] }, { now, state: 'OK' });
    expect(reading).toMatchObject({ state: 'INSUFFICIENT_DATA', value: null, refused: [`A datapoint of latency ${problem}.`] });
  });

  it('names a few of many refused datapoints', () => {
    const bad = Array.from({ length: 9 }, () => point(1, Number.NaN));
    expect(evaluateAlarm(definition(), { latency: bad }, { now: NOW, state: 'OK' }).refused).toHaveLength(6);
  });

  it.each([
    ['>', 1, 'OK'],
    ['>=', 1, 'ALARM'],
    ['<', 1, 'OK'],
    ['<=', 1, 'ALARM'],
    ['<', 0.5, 'ALARM'],
    ['>', 1.5, 'ALARM'],
  ] as const)('compares by %s: %d against 1', (operator, value, state) => {
    const one = definition({ operator, evaluationPeriods: 1, datapointsToAlarm: 1 });
    expect(evaluateAlarm(one, { latency: [point(1, value)] }, { now: NOW, state: 'OK' }).state).toBe(state);
  });
});
