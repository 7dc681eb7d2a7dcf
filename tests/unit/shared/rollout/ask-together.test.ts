import { describe, expect, it } from 'vitest';
import type { Metrics } from '../../../../shared/ports/metrics.ts';
import { askTogether } from '../../../../shared/rollout/ask-together.ts';

const question = (metric: string) => ({ namespace: 'Slipway', metric, dimensions: {}, statistic: 'Sum' });
const range = { from: 0, to: 60_000, periodMs: 10_000 };

function recorded() {
  const asked: string[][] = [];
  const figures: Metrics['figures'] = async (questions) => {
    asked.push(questions.map(({ metric }) => metric));
    return questions.map(({ metric }) => [{ at: 0, value: metric.length }]);
  };
  return { asked, metrics: askTogether({ figures }) };
}

describe('metrics that are asked together', () => {
  it('asks what is wanted at one moment in one request, each question once, and answers in order', async () => {
    const { asked, metrics } = recorded();
    const both = await Promise.all([
      metrics.figures([question('a'), question('bb')], range),
      metrics.figures([question('ccc'), question('a')], range),
    ]);
    expect(asked).toEqual([['a', 'bb', 'ccc']]);
    expect(both.map((answers) => answers.map((figures) => figures[0]?.value))).toEqual([
      [1, 2],
      [3, 1],
    ]);
  });

  it('asks of each range apart, and later questions anew', async () => {
    const { asked, metrics } = recorded();
    await Promise.all([metrics.figures([question('a')], range), metrics.figures([question('a')], { ...range, to: 70_000 })]);
    await metrics.figures([question('a')], range);
    expect(asked).toEqual([['a'], ['a'], ['a']]);
  });

  it('fails for everybody who asked', async () => {
    const metrics = askTogether({ figures: () => Promise.reject(new Error('throttled')) });
    const ends = await Promise.allSettled([metrics.figures([question('a')], range), metrics.figures([question('b')], range)]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
