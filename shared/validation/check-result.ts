import * as z from 'zod';
import type { Check } from '../plan/plan.ts';

/** `insufficient`: too little was seen to tell. Like `fail` it does not pass. */
export const checkResult = z.object({
  name: z.string(),
  type: z.enum(['function', 'data', 'api', 'performance', 'health']),
  /** What was found; null where it is no finite number. */
  value: z.number().nullable(),
  /** What it is compared with; null where it could not be known. */
  limit: z.number().nullable(),
  is: z.enum(['<', '<=', '>', '>=', '=']),
  /** How many records, requests or cases the value stands on. */
  sample: z.number(),
  outcome: z.enum(['pass', 'fail', 'insufficient']),
  /** For people. */
  detail: z.string(),
});
export type CheckResult = z.output<typeof checkResult>;

export interface Finding {
  readonly value: number;
  readonly limit: number;
  readonly is: CheckResult['is'];
  readonly sample: number;
  readonly minSample: number;
  readonly detail: string;
}

const LONGEST = 1000;

/** The verdict on a finding. What is no finite number never passes, whatever it is compared with. */
export function judge({ name, type }: Pick<Check, 'name' | 'type'>, finding: Finding): CheckResult {
  const { is, minSample } = finding;
  const value = Number.isFinite(finding.value) ? finding.value : null;
  const limit = Number.isFinite(finding.limit) ? finding.limit : null;
  const sample = Number.isFinite(finding.sample) ? finding.sample : 0;
  const small = sample < minSample;
  const passes = value !== null && limit !== null && compare(value, is, limit);
  const said = [
    small ? `a sample of ${sample} is less than ${minSample}` : '',
    value === null ? `the value is ${finding.value}, not a finite number` : '',
    finding.detail,
  ];
  return {
    name,
    type,
    value,
    limit,
    is,
    sample,
    outcome: small ? 'insufficient' : passes ? 'pass' : 'fail',
    detail: said
      .filter((text) => text !== '')
      .join('; ')
      .slice(0, LONGEST),
  };
}

/** The result of a check that could not be carried out. */
export function unjudged(
  { name, type }: Pick<Check, 'name' | 'type'>,
  outcome: 'fail' | 'insufficient',
  detail: string,
  facts: { readonly is?: CheckResult['is']; readonly limit?: number; readonly sample?: number } = {},
): CheckResult {
  const { is = '<=', limit = null, sample = 0 } = facts;
  return { name, type, value: null, limit, is, sample, outcome, detail: detail.slice(0, LONGEST) };
}

function compare(value: number, is: CheckResult['is'], limit: number): boolean {
  switch (is) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '=':
      return value === limit;
  }
}
