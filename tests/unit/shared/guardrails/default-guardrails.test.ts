import { describe, expect, it } from 'vitest';
import { declaredMetricsSchema } from '../../../../shared/guardrails/declared-metrics.ts';
import { defaultGuardrails } from '../../../../shared/guardrails/default-guardrails.ts';
import { type Guardrail, guardrailSchema } from '../../../../shared/guardrails/guardrail.ts';

const names = (declared: object): string[] => defaultGuardrails(declaredMetricsSchema.parse(declared)).map(({ name }) => name);

describe('defaultGuardrails', () => {
  it('binds each only where its metrics are declared', () => {
    expect(names({})).toEqual([]);
    expect(names({ errors: 'Errors' })).toEqual([]);
    expect(names({ errors: 'Errors', requests: 'Requests' })).toEqual(['error-rate']);
    expect(names({ latency: 'Latency', connections: 'Connections' })).toEqual(['latency-p95']);
    expect(names({ memory: 'Memory', connections: 'C', connectionDrops: 'D' })).toEqual(['memory', 'connection-drops']);
  });

  it('has the documented limits, over five minutes', () => {
    const all = { requests: 'R', errors: 'E', latency: 'L', memory: 'M', connections: 'C', connectionDrops: 'D', period: '10s' };
    const limits = defaultGuardrails(declaredMetricsSchema.parse(all)).map((guardrail) =>
      guardrail.type === 'alarm' ? null : [guardrail.name, guardrail.is, guardrail.limit, guardrail.window, guardrail.period],
    );
    expect(limits).toEqual([
      ['error-rate', '>', 1, 300_000, '10s'],
      ['latency-p95', '>', 500, 300_000, '10s'],
      ['memory', '>', 90, 300_000, '10s'],
      ['connection-drops', '>', 1, 300_000, '10s'],
    ]);
  });

  it('says no more than what a plan need not say', () => {
    const all = { requests: 'R', errors: 'E', latency: 'L', memory: 'M', connections: 'C', connectionDrops: 'D', period: '10s' };
    const unsaid = ['action', 'is', 'missing', 'lowSamples', 'compare', 'window'];
    for (const guardrail of defaultGuardrails(declaredMetricsSchema.parse(all))) {
      const said = Object.entries(guardrail).filter(([key]) => !unsaid.includes(key));
      const compare = 'compare' in guardrail ? { compare: {} } : {};
      expect(guardrailSchema.parse({ ...Object.fromEntries(said), ...compare }) satisfies Guardrail).toEqual(guardrail);
    }
  });

  it('refuses metrics that it does not know', () => {
    expect(declaredMetricsSchema.safeParse({ cpu: 'CPU' }).success).toBe(false);
  });
});
