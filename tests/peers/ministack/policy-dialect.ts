import type { PolicyDocument, Statement } from '../../../infra/policies/policy-document.ts';

/**
 * Actions that the peer asks for on `*`: it does not know of which machine a task token is, and of alarms it reads the name in requests
 * for one, not the names in those for many. Every schedule it takes for one of the group `default`. AWS asks for the ARNs, as the roles
 * have them.
 */
const ASKED_ON_EVERYTHING = [
  'states:SendTaskSuccess',
  'states:SendTaskFailure',
  'cloudwatch:DeleteAlarms',
  'scheduler:GetSchedule',
  'scheduler:CreateSchedule',
  'scheduler:UpdateSchedule',
  'scheduler:DeleteSchedule',
];

/** A role's policy with those actions, and nothing else, on everything. */
export function inPolicyDialect(policy: string): string {
  const document = JSON.parse(policy) as PolicyDocument;
  const widened = document.Statement.flatMap((statement): Statement[] => {
    const asked = statement.Action.filter((action) => ASKED_ON_EVERYTHING.includes(action));
    if (asked.length === 0) return [statement];
    const rest = statement.Action.filter((action) => !asked.includes(action));
    const wide = { ...statement, Sid: `${statement.Sid}OnEverything`, Action: asked, Resource: ['*'] };
    return rest.length === 0 ? [wide] : [{ ...statement, Action: rest }, wide];
  });
  return JSON.stringify({ ...document, Statement: widened });
}
