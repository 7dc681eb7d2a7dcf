import { contextOf } from '../../adapters/aws/iam-requests.ts';
import type { PolicyDocument, Statement } from '../../infra/policies/policy-document.ts';

/** Whether text fits an IAM pattern: `*` is any run of characters, `?` any one. Linear in time but for nested stars. */
export function fits(pattern: string, text: string): boolean {
  let star = -1;
  let resume = 0;
  let p = 0;
  let t = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** The parts of an ARN before the resource. */
const BEFORE_RESOURCE = 5;

function partsOf(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length <= BEFORE_RESOURCE ? parts : [...parts.slice(0, BEFORE_RESOURCE), parts.slice(BEFORE_RESOURCE).join(':')];
}

/** A wildcard stays within its part; what a short pattern leaves out may be anything. */
function fitsArn(pattern: string, arn: string): boolean {
  const wanted = partsOf(pattern);
  return pattern === '*' || partsOf(arn).every((part, index) => fits(wanted[index] ?? '*', part));
}

/** The service is named in full, or all of them are meant. */
function fitsAction(pattern: string, action: string): boolean {
  if (pattern === '*') return true;
  const [service = '', name = ''] = pattern.toLowerCase().split(':');
  const [askedService, askedName = ''] = action.toLowerCase().split(':');
  return service === askedService && fits(name, askedName);
}

const covers = (statement: Statement, action: string, resource: string) =>
  statement.Action.some((pattern) => fitsAction(pattern, action)) &&
  (statement.Resource ?? []).some((pattern) => fitsArn(pattern, resource));

const LEADING_KEYS = 'ForAllValues:StringLike';

/** The two conditions that are evaluated: on the partition of an item, and on what the action itself tells. */
function holds({ Condition }: Statement, action: string, leadingKey: string | undefined): boolean {
  if (Condition === undefined) return true;
  const { StringEquals: equal, ...others } = Condition;
  if (equal !== undefined && Object.keys(others).length === 0)
    return Object.entries(equal).every(([key, wanted]) => wanted === contextOf(action)[key]);
  const patterns = Condition[LEADING_KEYS]?.['dynamodb:LeadingKeys'];
  const only = Object.keys(Condition).length === 1 && Object.keys(Condition[LEADING_KEYS] ?? {}).length === 1;
  if (!only || patterns === undefined || leadingKey === undefined) return false;
  return [patterns].flat().some((pattern) => fits(pattern, leadingKey));
}

/**
 * Whether a role with these policies may do this to that: some statement allows it and none denies it. Of conditions only those on
 * the leading key and on the receiver of a role are evaluated: an Allow under any other does not count, a Deny under any does.
 */
export function allows(policies: readonly PolicyDocument[], action: string, resourceArn: string, leadingKey?: string): boolean {
  const relevant = policies.flatMap((policy) => policy.Statement).filter((statement) => covers(statement, action, resourceArn));
  return (
    relevant.some((statement) => statement.Effect === 'Allow' && holds(statement, action, leadingKey)) &&
    !relevant.some((statement) => statement.Effect === 'Deny')
  );
}
