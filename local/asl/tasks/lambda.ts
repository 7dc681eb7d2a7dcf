import type { Value } from '../../../shared/ports/store.ts';
import { ReportedError, RuntimeError, StateError } from '../errors.ts';
import type { Invoke, InvokeOptions } from '../services.ts';

/** `arn:aws:states:::lambda:invoke`: takes `{ FunctionName, Payload?, Qualifier? }` and wraps what the function returns. */
export async function lambdaInvoke(invoke: Invoke, args: Value, options: InvokeOptions): Promise<Value> {
  const { FunctionName, Qualifier, Payload } = args as { FunctionName?: Value; Qualifier?: Value; Payload?: Value };
  if (typeof FunctionName !== 'string') throw new RuntimeError('lambda:invoke needs the argument FunctionName.');
  const target = typeof Qualifier === 'string' ? `${FunctionName}:${Qualifier}` : FunctionName;
  const payload = await invoke(target, Payload ?? {}, options);
  return {
    ExecutedVersion: /:function:[^:]+:([^:]+)$/.exec(target)?.[1] ?? '$LATEST',
    Payload: payload,
    SdkHttpMetadata: { HttpStatusCode: 200 },
    StatusCode: 200,
  };
}

/** What a task rejected with, as ASL sees it: a Node Lambda's Error and Cause. */
export function toTaskError(error: unknown): StateError {
  if (error instanceof StateError) return error;
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const trace = (stack ?? '').split('\n').filter((line) => line !== '');
  return new ReportedError(name, JSON.stringify({ errorType: name, errorMessage: message, trace }), { cause: error });
}
