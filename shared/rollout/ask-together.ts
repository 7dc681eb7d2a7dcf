import type { MetricFigure, MetricRange, Metrics, SeriesQuestion } from '../ports/metrics.ts';

interface Sheet {
  readonly questions: Map<string, SeriesQuestion>;
  readonly answered: Promise<ReadonlyMap<string, readonly MetricFigure[]>>;
}

/**
 * Metrics of which whatever is asked at one moment about the same range is asked in one request, and each question once:
 * CloudWatch charges for every series of every request, for up to five statistics of it together.
 */
export function askTogether(metrics: Pick<Metrics, 'figures'>): Pick<Metrics, 'figures'> {
  const open = new Map<string, Sheet>();
  return {
    figures: async (questions, range) => {
      const key = JSON.stringify([range.from, range.to, range.periodMs]);
      const sheet = open.get(key) ?? begin(key, range);
      for (const question of questions) sheet.questions.set(JSON.stringify(question), question);
      const answers = await sheet.answered;
      return questions.map((question) => answers.get(JSON.stringify(question)) ?? []);
    },
  };

  function begin(key: string, range: MetricRange): Sheet {
    const questions = new Map<string, SeriesQuestion>();
    const answered = Promise.resolve().then(async () => {
      open.delete(key);
      const figures = await metrics.figures([...questions.values()], range);
      return new Map([...questions.keys()].map((question, index) => [question, figures[index] ?? []]));
    });
    const sheet = { questions, answered };
    open.set(key, sheet);
    return sheet;
  }
}
