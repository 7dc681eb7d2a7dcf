/** `60s`: CloudWatch's own; `10s`: of metrics of high resolution. */
export const PERIODS = ['10s', '60s'] as const;

export const periodMs = ({ period }: { readonly period: (typeof PERIODS)[number] }): number =>
  period === '10s' ? 10_000 : 60_000;
