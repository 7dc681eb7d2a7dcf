import { dynamoClient } from '../adapters/aws/clients.ts';
import { DynamoStore } from '../adapters/aws/dynamo-store.ts';
import { systemIds } from '../adapters/embedded/system-ids.ts';
import { userName } from '../adapters/embedded/user-name.ts';
import type { EndpointOutput } from '../shared/api/endpoints.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Store } from '../shared/ports/store.ts';
import type { Workflow } from '../shared/ports/workflow.ts';
import { emergencyStop, liftHalt } from '../shared/rollout/emergency-stop.ts';
import type { RunDeps } from '../shared/run/run-access.ts';
import { CliError } from './cli-errors.ts';
import { EXIT } from './exit-codes.ts';

/** The table could not be written, so nothing is stopped. */
class TableUnreachableError extends CliError {
  override readonly name = 'TableUnreachableError';
  override readonly code = 'TABLE_UNREACHABLE';
  override readonly exitCode = EXIT.error;
}

interface AtTable {
  readonly table: string;
  readonly region: string | undefined;
  /** DynamoDB's protocol at another address, where any credentials do. */
  readonly dynamodb: string | undefined;
  readonly environment: string;
  readonly lift: boolean;
  readonly reason: string;
  readonly clock: Clock;
}

/** The emergency stop with the table alone: who evaluates flags and whoever goes on later finds it there. Throws TableUnreachableError. */
export async function stopAtTable(where: AtTable): Promise<EndpointOutput<'emergency-stop'>> {
  const { table, region, dynamodb, environment, lift, reason, clock } = where;
  const client = dynamoClient(
    dynamodb === undefined
      ? { ...(region === undefined ? {} : { region }) }
      : { endpoint: dynamodb, region: region ?? 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
  );
  try {
    return await stopIn(new DynamoStore({ client, table, clock }), clock, { environment, lift, reason });
  } catch (error) {
    const why = error instanceof Error ? `${error.message.replace(/\.$/, '')}${causeOf(error)}` : String(error);
    throw new TableUnreachableError(`Nothing was stopped: ${why}.`, {
      next: 'Check --table, --region and the credentials of this shell: aws sts get-caller-identity',
      cause: error,
    });
  } finally {
    client.destroy();
  }
}

async function stopIn(
  store: Store,
  clock: Clock,
  { environment, lift, reason }: Pick<AtTable, 'environment' | 'lift' | 'reason'>,
) {
  // Whoever is told of events would be told by the control plane, which is not there; the timeline has them all the same.
  const deps: RunDeps = { store, clock, ids: systemIds(), events: { publish: async () => {} }, workflow: STARTED_LATER };
  const said = { actor: userName(), reason };
  if (lift) {
    await liftHalt(deps, environment, said);
    return { environment, halted: false, flags: [], runs: [], problems: [] };
  }
  const { flags, runs, problems } = await emergencyStop(deps, environment, said);
  return { environment, halted: true, flags: [...flags], runs: [...runs], problems: [...problems] };
}

const causeOf = ({ message, cause }: Error): string =>
  cause instanceof Error && !message.includes(cause.message) ? ` (${cause.message})` : '';

/** A run that goes back names its execution before it starts; `reconcile` starts those that nobody has started. */
const STARTED_LATER: Workflow = {
  start: async (machine, name) => ({ arn: `${machine}:${name}` }),
  arnOf: (machine, name) => `${machine}:${name}`,
  describe: async () => undefined,
  stop: async () => {},
  succeed: async () => false,
  fail: async () => false,
};
