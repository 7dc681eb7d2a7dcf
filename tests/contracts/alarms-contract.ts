import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alarm, Alarms } from '../../shared/ports/alarms.ts';

export interface AlarmsUnderTest {
  readonly alarms: Alarms;
  close(): Promise<void>;
}

/** An alarm on errors; `more` says what is different. */
export const anAlarm = (name: string, more: Partial<Alarm> & { readonly limit?: number } = {}): Alarm => {
  const { limit = 1, ...rest } = more;
  const dimensions = { arm: 'on' };
  return {
    name,
    owner: { runId: 'run-1', environment: 'test', component: 'search', guardrail: 'errors', flag: 'new-search' },
    definition: {
      metrics: { events: { metric: 'Errors', statistic: 'Sum' }, total: { metric: 'Requests', statistic: 'Sum' } },
      expression: '100 * FILL(events, 0) / total',
      operator: '>',
      threshold: limit,
      periodMs: 10_000,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      missing: 'missing',
      lowSamples: 'evaluate',
    },
    series: {
      Errors: { namespace: 'Shop', metric: 'Errors', dimensions },
      Requests: { namespace: 'Shop', metric: 'Requests', dimensions },
    },
    acts: true,
    ...rest,
  };
};

/** What every keeper of alarms promises, run on each of them. */
export function alarmsContract(name: string, open: () => Promise<AlarmsUnderTest>): void {
  describe(`alarms contract: ${name}`, () => {
    let opened: AlarmsUnderTest;

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.close();
    });

    const states = async (...names: string[]) => (await opened.alarms.read(names)).map((reading) => reading?.state);

    it('knows nothing of an alarm without data', async () => {
      await opened.alarms.put(anAlarm('new'));
      const [reading] = await opened.alarms.read(['new']);
      expect(reading).toMatchObject({ state: 'INSUFFICIENT_DATA', value: null, sample: 0, refused: [] });
      expect(reading?.reason).toMatch(/./);
    });

    it('reads in the order of the names, with gaps for those that are not there', async () => {
      await opened.alarms.put(anAlarm('one'));
      await opened.alarms.put(anAlarm('two', { acts: false }));
      expect(await states('none', 'two', 'one', 'two')).toEqual([
        undefined,
        'INSUFFICIENT_DATA',
        'INSUFFICIENT_DATA',
        'INSUFFICIENT_DATA',
      ]);
      expect(await opened.alarms.read([])).toEqual([]);
    });

    it('takes the same alarm again, and another in its place', async () => {
      await opened.alarms.put(anAlarm('again'));
      await opened.alarms.put(anAlarm('again'));
      await opened.alarms.put(anAlarm('again', { limit: 7 }));
      expect(await states('again')).toEqual(['INSUFFICIENT_DATA']);
    });

    it('takes plain statistics, percentiles and arithmetic', async () => {
      const { definition } = anAlarm('any');
      const metrics = { m: { metric: 'Errors', statistic: 'Average' } };
      await opened.alarms.put(anAlarm('average', { definition: { ...definition, metrics, expression: 'm', periodMs: 60_000 } }));
      const p95 = { m: { metric: 'Errors', statistic: 'p95' } };
      await opened.alarms.put(
        anAlarm('p95', { definition: { ...definition, metrics: p95, expression: 'm', lowSamples: 'ignore' } }),
      );
      await opened.alarms.put(
        anAlarm('sum', { definition: { ...definition, expression: '(events + total) / 2', missing: 'ignore' } }),
      );
      expect(await states('average', 'p95', 'sum')).toEqual(['INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA']);
    });

    it('removes those that are there, any number at once', async () => {
      const names = Array.from({ length: 130 }, (_, index) => `many-${index}`);
      for (const each of names) await opened.alarms.put(anAlarm(each));
      await opened.alarms.remove(['never-there', ...names.slice(0, 120)]);
      expect(await states('many-0', 'many-119', 'many-120', 'new')).toEqual([
        undefined,
        undefined,
        'INSUFFICIENT_DATA',
        'INSUFFICIENT_DATA',
      ]);
      await opened.alarms.remove(names);
      await opened.alarms.remove(names);
      await opened.alarms.remove([]);
      expect((await opened.alarms.read(names)).filter(Boolean)).toEqual([]);
    });
  });
}
