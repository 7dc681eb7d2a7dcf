import { createHash } from 'node:crypto';
import { type CodeDeployClient, CreateDeploymentCommand, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { LIVE } from '../live-functions.ts';
import { ReleaseError } from './release-error.ts';

export interface DeploymentArgs {
  readonly application: string;
  /** The deployment group. */
  readonly group: string;
  readonly functionName: string;
  readonly from: string;
  readonly to: string;
}

export interface Following {
  /** Called with CodeDeploy's status, such as `InProgress`, whenever it has changed. */
  readonly onStatus: (status: string) => void;
  /** ms; rejects when the signal is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly signal: AbortSignal;
}

const POLL_MS = 10_000;
const ENDED_BADLY = ['Failed', 'Stopped'];

/** What CodeDeploy is to do: move the alias from one version to another. Written out, since it asks for `0.0`, which JSON makes 0. */
function appSpec({ functionName, from, to }: DeploymentArgs): string {
  const properties = { Name: functionName, Alias: LIVE, CurrentVersion: from, TargetVersion: to };
  const resources = [{ [LIVE]: { Type: 'AWS::Lambda::Function', Properties: properties } }];
  return `{"version":0.0,"Resources":${JSON.stringify(resources)}}`;
}

/** Starts a deployment; answers its id. */
export async function startDeployment(client: CodeDeployClient, args: DeploymentArgs, signal: AbortSignal): Promise<string> {
  const content = appSpec(args);
  const { deploymentId } = await client.send(
    new CreateDeploymentCommand({
      applicationName: args.application,
      deploymentGroupName: args.group,
      description: `${args.functionName} ${args.from} to ${args.to}`,
      revision: {
        revisionType: 'AppSpecContent',
        appSpecContent: { content, sha256: createHash('sha256').update(content).digest('hex') },
      },
    }),
    { abortSignal: signal },
  );
  if (deploymentId === undefined)
    throw new ReleaseError(`CodeDeploy made no deployment of ${args.functionName}: look in its console.`);
  return deploymentId;
}

/** Waits until a deployment has succeeded; throws ReleaseError where it failed, was stopped or was taken back. */
export async function followDeployment(client: CodeDeployClient, deploymentId: string, following: Following): Promise<void> {
  const { onStatus, wait, signal } = following;
  for (let last: string | undefined; ; ) {
    const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }), { abortSignal: signal });
    const status = deploymentInfo?.status ?? 'Unknown';
    if (status !== last) onStatus(status);
    last = status;
    if (status === 'Succeeded') return;
    if (ENDED_BADLY.includes(status)) {
      const { code, message } = deploymentInfo?.errorInformation ?? {};
      const back = deploymentInfo?.rollbackInfo?.rollbackMessage;
      const why = [code, message, back].filter((part) => part !== undefined && part !== '').join(': ');
      throw new ReleaseError(
        `Deployment ${deploymentId} ended as ${status}${why === '' ? '' : ` (${why})`}: traffic is on the version before.`,
      );
    }
    await wait(POLL_MS, signal);
  }
}
