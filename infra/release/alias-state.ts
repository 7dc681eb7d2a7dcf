import {
  GetAliasCommand,
  type LambdaClient,
  paginateListVersionsByFunction,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { LIVE } from '../live-functions.ts';
import { ReleaseError } from './release-error.ts';

/** Where the traffic of a function goes, and where it could go. */
export interface AliasState {
  /** The version behind the alias. */
  readonly current: string;
  /** The version published last. */
  readonly newest: string;
  /** Whether traffic is split: a deployment is under way, or was left half done. */
  readonly split: boolean;
}

/** Throws ReleaseError where the function or its alias is not there. */
export async function aliasState(lambda: LambdaClient, functionName: string, signal: AbortSignal): Promise<AliasState> {
  const alias = await lambda
    .send(new GetAliasCommand({ FunctionName: functionName, Name: LIVE }), { abortSignal: signal })
    .catch((error: unknown) => {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      throw new ReleaseError(`${functionName} has no alias ${LIVE}: run pulumi up for this stack first.`);
    });
  const current = alias.FunctionVersion ?? '';
  let newest = 0;
  for await (const page of paginateListVersionsByFunction({ client: lambda }, { FunctionName: functionName })) {
    for (const { Version } of page.Versions ?? []) newest = Math.max(newest, Number(Version) || 0);
  }
  if (newest === 0) throw new ReleaseError(`${functionName} has no published version: run pulumi up for this stack first.`);
  const split = Object.keys(alias.RoutingConfig?.AdditionalVersionWeights ?? {}).length > 0;
  return { current, newest: String(newest), split };
}
