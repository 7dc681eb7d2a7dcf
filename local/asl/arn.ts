import { SlipwayError } from '../../shared/errors/slipway-error.ts';

/** An execution by the name of its machine (as in the machine's ARN) and its own. */
export interface ExecutionName {
  readonly machine: string;
  readonly name: string;
}

/** A name or an ARN that Step Functions would not take either. */
export class InvalidExecutionNameError extends SlipwayError {
  override readonly name = 'InvalidExecutionNameError';
  override readonly code = 'INVALID_EXECUTION_NAME';
}

const nameShape = /^[A-Za-z0-9._-]{1,80}$/;
const machineShape = /^arn:[^:]+:states:[^:]*:[^:]*:stateMachine:([A-Za-z0-9._-]{1,80})$/;
const executionShape = /^arn:[^:]+:states:[^:]*:[^:]*:execution:([A-Za-z0-9._-]{1,80}):([A-Za-z0-9._-]{1,80})$/;

export function machineNameOf(machineArn: string): string {
  const name = machineShape.exec(machineArn)?.[1];
  if (name === undefined) throw new InvalidExecutionNameError(`'${machineArn}' is not the ARN of a state machine.`);
  return name;
}

export function executionArn(machineArn: string, name: string): string {
  if (!nameShape.test(name)) {
    throw new InvalidExecutionNameError(`'${name}' cannot name an execution.`, {
      next: 'Use 1 to 80 letters, digits, dots, hyphens and underscores.',
    });
  }
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** Undefined where the text is no ARN of an execution. */
export function parseExecutionArn(arn: string): ExecutionName | undefined {
  const [, machine, name] = executionShape.exec(arn) ?? [];
  return machine === undefined || name === undefined ? undefined : { machine, name };
}
