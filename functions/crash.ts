import * as z from 'zod';
import { redactText } from '../shared/redaction/redact-text.ts';

/** What a Catch of a state machine hands on; `Cause` is often the JSON of a function's error. */
export const machineError = z.object({ Error: z.string().default('Unknown'), Cause: z.string().default('') });

const lambdaError = z.object({ errorMessage: z.string() });

/** The code and the words of an error that a machine caught, without its stack and without secrets. */
export function crashOf({ Error: name, Cause }: z.output<typeof machineError>): { code: string; message: string } {
  return { code: name.slice(0, 200), message: redactText((messageIn(Cause) || name).slice(0, 2000)) };
}

function messageIn(cause: string): string {
  try {
    const parsed = lambdaError.safeParse(JSON.parse(cause));
    return parsed.success ? parsed.data.errorMessage : cause;
  } catch {
    return cause;
  }
}
