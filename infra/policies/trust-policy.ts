import type { Place } from '../place.ts';
import { type PolicyDocument, policyDocument } from './policy-document.ts';

/** Lambda sends no source keys when it takes on an execution role; iam:PassRole is what guards that one. */
export const lambdaTrust: PolicyDocument = policyDocument({
  Sid: 'Lambda',
  Effect: 'Allow',
  Principal: { Service: 'lambda.amazonaws.com' },
  Action: ['sts:AssumeRole'],
});

/** Step Functions may take on the role for this one machine only (the confused-deputy guard). */
export function machineTrust(place: Place, machineArn: string): PolicyDocument {
  return policyDocument({
    Sid: 'StepFunctions',
    Effect: 'Allow',
    Principal: { Service: 'states.amazonaws.com' },
    Action: ['sts:AssumeRole'],
    Condition: { ArnEquals: { 'aws:SourceArn': machineArn }, StringEquals: { 'aws:SourceAccount': place.account } },
  });
}
