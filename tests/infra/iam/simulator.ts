import { isWildcardOnlyAction, runSimulation, runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { PolicyDocument } from '../../../infra/policies/policy-document.ts';

/** One question to IAM. */
export interface Question {
  /** An ARN, or a service such as `events.amazonaws.com`. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Of the resource; left out: the one in its ARN. */
  readonly account?: string;
  readonly context?: { readonly [key: string]: string | string[] };
  /** Of the role that asks. */
  readonly identity?: readonly PolicyDocument[];
  /** The resource's own; of a role, its trust. */
  readonly resourcePolicy?: PolicyDocument | undefined;
}

/**
 * Of these IAM's reference says that they know no resources, and IAM itself asks for the machine's ARN all the same: that ARN is
 * in its refusals (github.com/NOAA-OWP/hydrovis, issue 837), and a role that names it is let through (github.com/aws/aws-cdk,
 * pull request 8486).
 */
const NAMED_ALL_THE_SAME = ['states:SendTaskSuccess', 'states:SendTaskFailure'];

/** Whether IAM would let it pass. Throws where a policy or the question itself is malformed. */
export async function allowed(question: Question): Promise<boolean> {
  const { principal, action, resource, account = resource.split(':')[4] ?? '', context = {}, identity = [] } = question;
  const simulation: Simulation = {
    request: { principal, action, resource: { resource, accountId: account }, contextVariables: context },
    identityPolicies: identity.map((policy, index) => ({ name: `policy-${index}`, policy })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(question.resourcePolicy === undefined ? {} : { resourcePolicy: question.resourcePolicy }),
  };
  if (NAMED_ALL_THE_SAME.includes(action)) return runUnsafeSimulation(simulation, {}) === 'Allowed';
  const result = await runSimulation(simulation, {});
  if (result.resultType !== 'error') return result.overallResult === 'Allowed';
  throw new Error(`${action} on ${resource} cannot be simulated: ${JSON.stringify(result.errors)}`);
}

/**
 * Of figures the one resource, a dataset, is optional: those of the account have none. Alarms have names, and yet CloudWatch tells of
 * composite ones only whoever may ask for all (its permissions reference, at DescribeAlarms).
 */
const NAMELESS = ['cloudwatch:GetMetricData', 'cloudwatch:PutMetricData', 'cloudwatch:DescribeAlarms'];

/** Whether AWS offers no resource to name for an action, so that a policy must say `*`. */
export async function knowsNoResource(action: string): Promise<boolean> {
  const [service = '', name = ''] = action.split(':');
  if (NAMELESS.includes(action)) return true;
  return !name.includes('*') && !NAMED_ALL_THE_SAME.includes(action) && (await isWildcardOnlyAction(service, name));
}
