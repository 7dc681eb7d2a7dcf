/** What Lambda gives to a handler beside the event; the part that is used. */
export interface LambdaContext {
  readonly awsRequestId: string;
  readonly functionName?: string;
  /** Lambda gives it as a text. */
  readonly memoryLimitInMB?: string;
  getRemainingTimeInMillis(): number;
}

export type LambdaHandler = (event: unknown, context: LambdaContext) => Promise<unknown>;

/**
 * For middy: no answer of its own shortly before the time is over. What is under way would be frozen with the sandbox and go on
 * with the next event, past its deadline; a sandbox that is ended takes it along.
 */
export const SETTLED = { timeoutEarlyInMillis: 0 };
