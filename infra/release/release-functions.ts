import type { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type AliasState, aliasState } from './alias-state.ts';
import { type Following, followDeployment, startDeployment } from './deployment.ts';
import { ReleaseError } from './release-error.ts';

export interface ReleaseArgs {
  readonly lambda: LambdaClient;
  readonly codedeploy: CodeDeployClient;
  /** The CodeDeploy application; what the names of the functions begin with. */
  readonly plane: string;
  /** Catalog names, which are those of the deployment groups too. */
  readonly functions: readonly string[];
  readonly wait: Following['wait'];
  readonly signal: AbortSignal;
  /** One line of progress. */
  readonly report: (line: string) => void;
}

/** What came of one function. */
export type Outcome =
  | { readonly function: string; readonly outcome: 'current'; readonly version: string }
  | {
      readonly function: string;
      readonly outcome: 'moved';
      readonly from: string;
      readonly to: string;
      readonly deployment: string;
    }
  | { readonly function: string; readonly outcome: 'failed'; readonly reason: string };

/** Moves the traffic of every function that is behind its newest version, side by side. Never rejects: a failure is an outcome. */
export async function releaseFunctions(args: ReleaseArgs): Promise<readonly Outcome[]> {
  const ends: Promise<Outcome>[] = [];
  // Begun one after another: Lambda takes 15 requests for aliases and versions a second from the whole account.
  for (const name of args.functions) {
    const failed = (error: unknown): Outcome => {
      const reason = args.signal.aborted ? 'time was up: what CodeDeploy began goes on, look there' : reasonOf(error);
      args.report(`${name}: failed: ${reason}`);
      return { function: name, outcome: 'failed', reason };
    };
    const end = await begin(args, name).catch(failed);
    ends.push('outcome' in end ? Promise.resolve(end) : end.followed.catch(failed));
  }
  return Promise.all(ends);
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Answers at once where there is nothing to move; else how the deployment ends. */
async function begin(args: ReleaseArgs, name: string): Promise<Outcome | { readonly followed: Promise<Outcome> }> {
  const { codedeploy, plane, report, signal, wait } = args;
  const functionName = `${plane}-${name}`;
  const state = await aliasState(args.lambda, functionName, signal);
  refuseSplit(state);
  const { current: from, newest: to } = state;
  if (from === to) {
    report(`${name}: version ${from} is the newest`);
    return { function: name, outcome: 'current', version: from };
  }
  const deployment = await startDeployment(codedeploy, { application: plane, group: name, functionName, from, to }, signal);
  const onStatus = (status: string) => report(`${name}: ${from} to ${to}, ${deployment}: ${status}`);
  const moved: Outcome = { function: name, outcome: 'moved', from, to, deployment };
  return { followed: followDeployment(codedeploy, deployment, { onStatus, wait, signal }).then(() => moved) };
}

function refuseSplit({ split, current }: AliasState): void {
  if (!split) return;
  throw new ReleaseError(
    `its traffic is split between versions (${current} and another): let its deployment end, or stop it in CodeDeploy, then release again.`,
  );
}
