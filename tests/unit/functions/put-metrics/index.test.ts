import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { create } from '../../../../functions/put-metrics/index.ts';
import type { MetricDatum } from '../../../../shared/ports/metrics.ts';
import { ask } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const NOW = Date.UTC(2026, 0, 1);
const datum = (more: object = {}) => ({ metric: 'Errors', dimensions: { variation: 'on' }, at: NOW, values: [1], ...more });

const MANY = Object.fromEntries(Array.from({ length: 31 }, (_, n) => [`d${n}`, 'x']));

async function sent(body: object | string) {
  const taken: MetricDatum[] = [];
  const metrics = { put: async (data: readonly MetricDatum[]) => void taken.push(...data) };
  const { status, body: answer } = await ask(create, memoryDeps({ metrics, clock: new VirtualClock(NOW) }), { body });
  return { status, answer, taken };
}

describe('put-metrics', () => {
  it('takes values with their counts, dimensions and unit', async () => {
    const { status, answer, taken } = await sent({
      data: [datum({ namespace: 'Shop', values: [1, 2], counts: [3, 4], unit: 'Count' })],
    });
    expect([status, answer]).toEqual([200, { taken: 1, refused: [] }]);
    expect(taken).toEqual([
      {
        namespace: 'Shop',
        metric: 'Errors',
        dimensions: { variation: 'on' },
        at: NOW,
        values: [1, 2],
        counts: [3, 4],
        unit: 'Count',
      },
    ]);
  });

  it.each([
    ['NaN, which JSON writes as null', { values: [null] }, /NaN/],
    ['a time that is no number', { at: null }, /NaN/],
    ['a count that is no number', { counts: [null] }, /count NaN/],
    ['a time in the future', { at: NOW + 60_000 }, /60 s in the future/],
    ['a time of three weeks ago', { at: NOW - 21 * 86_400_000 }, /two weeks/],
    ['a value that CloudWatch refuses', { values: [1e300] }, /1e\+300/],
    ['a metric with a name that CloudWatch refuses', { metric: 'Fehlerträger' }, /"Fehlerträger", and only printable ASCII/],
    ['a dimension that CloudWatch refuses', { dimensions: { city: 'Zürich' } }, /"Zürich"/],
    ['a dimension of blanks', { dimensions: { city: ' ' } }, /" "/],
    ['a name of a dimension that CloudWatch refuses', { dimensions: { ':city': 'Bern' } }, /":city"/],
    ['more dimensions than CloudWatch takes', { dimensions: MANY }, /31 dimensions, and 30 are the most/],
    ['fewer counts than values', { values: [1, 2], counts: [1] }, /2 values and 1 counts/],
  ])('refuses %s, says so, and takes the rest', async (_, bad, why) => {
    const { status, answer, taken } = await sent({ data: [datum(bad), datum()] });
    expect([status, answer.taken, taken.length]).toEqual([200, 1, 1]);
    expect(answer.refused).toEqual([{ index: 0, why: expect.stringMatching(why) }]);
  });

  it('refuses what JSON reads as infinite', async () => {
    const { answer } = await sent(JSON.stringify({ data: [datum({ values: [7] }), datum()] }).replace('[7]', '[1e999]'));
    expect(answer).toEqual({ taken: 1, refused: [{ index: 0, why: 'The datapoint has the value Infinity.' }] });
  });

  it('takes a clock that is a little ahead', async () => {
    expect((await sent({ data: [datum({ at: NOW + 5000 })] })).answer.taken).toBe(1);
  });

  it('makes metrics of what was tracked, by the words beside it', async () => {
    const events = [
      { name: 'bought', at: NOW, key: 'ada', value: 12, attributes: { variation: 'on', items: 3 } },
      { name: 'left', at: NOW },
      { name: 'odd', at: NOW, value: null },
    ];
    const { answer, taken } = await sent({ environment: 'test', events, data: [datum({ values: [null] })], dropped: 0 });
    expect(taken).toEqual([
      { namespace: 'Slipway', metric: 'bought', dimensions: { environment: 'test', variation: 'on' }, at: NOW, values: [12] },
      { namespace: 'Slipway', metric: 'left', dimensions: { environment: 'test' }, at: NOW, values: [1] },
    ]);
    expect(answer.refused.map(({ index }: { index: number }) => index)).toEqual([0, 3]);
  });

  it.each([
    ['text for a value', { data: [datum({ values: ['1'] })] }],
    ['no value', { data: [datum({ values: [] })] }],
    ['a metric without a name', { data: [datum({ metric: '' })] }],
    ['an unknown field', { data: [datum({ value: 1 })] }],
    ['more than a thousand', { data: Array.from({ length: 1001 }, () => datum()) }],
  ])('refuses a request with %s as a whole', async (_, body) => {
    const { status, answer, taken } = await sent(body);
    expect([status, answer.code, taken]).toEqual([422, 'INVALID', []]);
  });
});
