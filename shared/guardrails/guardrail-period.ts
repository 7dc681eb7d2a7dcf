import type { ThresholdGuardrail } from './guardrail.ts';

export const periodMs = (guardrail: Pick<ThresholdGuardrail, 'period'>): number => (guardrail.period === '10s' ? 10_000 : 60_000);
