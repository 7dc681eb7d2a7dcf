import { USE_KEY } from './key-policy.ts';
import { allow, type PolicyDocument, policyDocument } from './policy-document.ts';

/** To call one function, and to keep what could not be delivered in a queue, which may be encrypted under a key of the customer's. */
export const timerPolicy = (targetArn: string, deadLetterArn: string, keyArn: string | undefined): PolicyDocument =>
  policyDocument(
    ...allow('Call', ['lambda:InvokeFunction'], [targetArn]),
    ...allow('DeadLetter', ['sqs:SendMessage'], [deadLetterArn]),
    ...allow('Key', USE_KEY, keyArn === undefined ? [] : [keyArn]),
  );
