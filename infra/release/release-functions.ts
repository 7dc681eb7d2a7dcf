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
export const releaseFunctions = (args: ReleaseArgs): Promise<readonly Outcome[]> =>
  Promise.all(
    args.functions.map((name) =>
      releaseOne(args, name).catch((error: unknown): Outcome => {
        const reason = args.signal.aborted ? 'time was up: what CodeDeploy began goes on, look there' : reasonOf(error);
        args.report(`${name}: failed: ${reason}`);
        return { function: name, outcome: 'failed', reason };
      }),
    ),
  );

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function releaseOne(args: ReleaseArgs, name: string): Promise<Outcome> {
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
  await followDeployment(codedeploy, deployment, { onStatus, wait, signal });
  return { function: name, outcome: 'moved', from, to, deployment };
}

function refuseSplit({ split, current }: AliasState): void {
  if (!split) return;
  throw new ReleaseError(
    `its traffic is split between versions (${current} and another): let its deployment end, or stop it in CodeDeploy, then release again.`,
  );
}
