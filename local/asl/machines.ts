import { createHash } from 'node:crypto';
import { SlipwayError } from '../../shared/errors/slipway-error.ts';
import type { Value } from '../../shared/ports/store.ts';
import { machineNameOf } from './arn.ts';
import type { Definition } from './definition.ts';
import { validateDefinition } from './validation/validate-definition.ts';

/** A state machine as it was deployed, its ARNs substituted. */
export interface MachineInput {
  readonly arn: string;
  /** By which it can be started, beside its ARN. */
  readonly name: string;
  /** The definition, as JSON or as its text. */
  readonly definition: Value;
  readonly type?: 'STANDARD' | 'EXPRESS';
  /** What `$states.context.Execution.RoleArn` says. */
  readonly roleArn?: string;
}

export interface Machine {
  readonly roleArn: string | undefined;
  readonly arn: string;
  readonly name: string;
  /** The name within the ARN, which its executions carry in theirs. */
  readonly arnName: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly definition: Definition;
  /** SHA-256 of the definition's JSON. */
  readonly digest: string;
}

/** The definition cannot run: the message lists every problem. */
export class InvalidDefinitionError extends SlipwayError {
  override readonly name = 'InvalidDefinitionError';
  override readonly code = 'INVALID_DEFINITION';
}

export function prepareMachine({ arn, name, definition, type = 'STANDARD', roleArn }: MachineInput): Machine {
  const json = typeof definition === 'string' ? parseText(definition, name) : definition;
  const parsed = toDefinition(json, `the state machine '${name}'`, type);
  return { arn, name, arnName: machineNameOf(arn), type, roleArn, definition: parsed, digest: digestOf(json) };
}

/** A definition that has passed the validator. */
export function toDefinition(json: Value, subject: string, type: 'STANDARD' | 'EXPRESS'): Definition {
  const problems = validateDefinition(json, { type });
  if (problems.length === 0) return json as unknown as Definition;
  const lines = problems.map(({ location, message }) => `  ${message} at ${location}`);
  throw new InvalidDefinitionError(`The definition of ${subject} is invalid:\n${lines.join('\n')}`);
}

function parseText(text: string, name: string): Value {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidDefinitionError(`The definition of the state machine '${name}' is no JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function digestOf(json: Value): string {
  return createHash('sha256').update(JSON.stringify(json)).digest('hex');
}
