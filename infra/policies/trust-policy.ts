import type { Arns } from '../naming.ts';
import { type PolicyDocument, policyDocument } from './policy-document.ts';

/**
 * AWS does not say that Lambda tells for whom it takes on an execution role, so the guard holds where it does; iam:PassRole
 * keeps others from giving the role to a function of theirs.
 */
export const lambdaTrust = (account: string): PolicyDocument =>
  policyDocument({
    Sid: 'Lambda',
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: ['sts:AssumeRole'],
    Condition: { StringEqualsIfExists: { 'aws:SourceAccount': account } },
  });

/** The confused-deputy guard: the service may take on the role only on behalf of this resource of ours. */
const trust = (sid: string, service: string, sourceArn: string | readonly string[], account: string): PolicyDocument =>
  policyDocument({
    Sid: sid,
    Effect: 'Allow',
    Principal: { Service: service },
    Action: ['sts:AssumeRole'],
    Condition: { ArnLike: { 'aws:SourceArn': sourceArn }, StringEquals: { 'aws:SourceAccount': account } },
  });

/** For one machine, and for the children of its distributed Maps: each Map counts as a machine `<name>/<label>`. */
export const machineTrust = (arns: Arns, machine: string): PolicyDocument =>
  trust('StepFunctions', 'states.amazonaws.com', [arns.machine(machine), `${arns.machine(machine)}/*`], arns.place.account);

/** For the timers of the plane's group: Scheduler tells of the group, not of the timer. */
export const timerTrust = (arns: Arns): PolicyDocument =>
  trust('Scheduler', 'scheduler.amazonaws.com', arns.timerGroup, arns.place.account);

/** For the deployment groups of the plane's one application. */
export const deployerTrust = (arns: Arns): PolicyDocument =>
  trust('CodeDeploy', 'codedeploy.amazonaws.com', arns.own('codedeploy', `deploymentgroup:${arns.plane}/*`), arns.place.account);
