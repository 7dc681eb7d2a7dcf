import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { StoreRejectedError } from '../../shared/errors/store-errors.ts';
import type { Value } from '../../shared/ports/store.ts';
import type { Execution, Workflow } from '../../shared/ports/workflow.ts';
import { storeFailure } from './store-failure.ts';

export interface StepFunctionsWorkflowOptions {
  readonly client: SFNClient;
  /** ARNs of the state machines by name. */
  readonly machines: { readonly [name: string]: string };
}

/** Limits of Step Functions on what a stopped or failed execution tells, in characters. */
const LONGEST_ERROR = 256;
const LONGEST_CAUSE = 32_768;

/** State machines on Step Functions. Failures are those of the store: throttled, unanswered (it may have happened), rejected. */
export class StepFunctionsWorkflow implements Workflow {
  readonly #client: SFNClient;
  readonly #machines: ReadonlyMap<string, string>;

  constructor(options: StepFunctionsWorkflowOptions) {
    this.#client = options.client;
    this.#machines = new Map(Object.entries(options.machines));
  }

  /** Step Functions answers a repeat itself while the execution runs; once it has ended, "already exists" is the same news. */
  async start(machine: string, name: string, input: Value): Promise<{ arn: string }> {
    const arn = this.arnOf(machine, name);
    const command = new StartExecutionCommand({ stateMachineArn: this.#machineArn(machine), name, input: JSON.stringify(input) });
    try {
      await this.#client.send(command);
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw storeFailure(`Starting ${machine} ${name}`, error);
    }
    return { arn };
  }

  arnOf(machine: string, name: string): string {
    return `${this.#machineArn(machine).replace(':stateMachine:', ':execution:')}:${name}`;
  }

  async describe(arn: string): Promise<Execution | undefined> {
    try {
      const found = await this.#client.send(new DescribeExecutionCommand({ executionArn: arn }));
      const machineArn = found.stateMachineArn ?? '';
      const named = [...this.#machines].find(([, known]) => known === machineArn);
      return {
        arn,
        machine: named?.[0] ?? machineArn.slice(machineArn.lastIndexOf(':') + 1),
        name: found.name ?? arn.slice(arn.lastIndexOf(':') + 1),
        status: found.status === undefined || found.status === 'PENDING_REDRIVE' ? 'RUNNING' : found.status,
        startedAt: found.startDate?.getTime() ?? 0,
        ...(found.stopDate === undefined ? {} : { stoppedAt: found.stopDate.getTime() }),
        ...(found.output === undefined ? {} : { output: JSON.parse(found.output) as Value }),
        ...(found.error === undefined ? {} : { error: found.error }),
        ...(found.cause === undefined ? {} : { cause: found.cause }),
      };
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw storeFailure(`Describing ${arn}`, error);
    }
  }

  /** An execution that has ended, or never was, needs no stopping. */
  async stop(arn: string, reason: { error: string; cause: string }): Promise<void> {
    try {
      await this.#client.send(new StopExecutionCommand({ executionArn: arn, ...told(reason) }));
    } catch (error) {
      if (!(error instanceof ExecutionDoesNotExist)) throw storeFailure(`Stopping ${arn}`, error);
    }
  }

  succeed(taskToken: string, output: Value): Promise<boolean> {
    return taken(this.#client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) })));
  }

  fail(taskToken: string, reason: { error: string; cause: string }): Promise<boolean> {
    return taken(this.#client.send(new SendTaskFailureCommand({ taskToken, ...told(reason) })));
  }

  #machineArn(machine: string): string {
    const arn = this.#machines.get(machine);
    if (arn !== undefined) return arn;
    throw new StoreRejectedError(`There is no state machine '${machine}'.`, {
      next: `Name one of ${[...this.#machines.keys()].join(', ')}, or give the function its ARN.`,
    });
  }
}

const told = (reason: { error: string; cause: string }) => ({
  error: reason.error.slice(0, LONGEST_ERROR),
  cause: reason.cause.slice(0, LONGEST_CAUSE),
});

const taken = async (answer: Promise<unknown>): Promise<boolean> => {
  try {
    await answer;
    return true;
  } catch (error) {
    if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken) return false;
    throw storeFailure('Answering a task token', error);
  }
};
