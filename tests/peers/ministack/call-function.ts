import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { ResourceGraph } from '../../../local/graph/resource-graph.ts';
import type { Clients } from './clients.ts';

interface Deployed {
  readonly clients: Pick<Clients, 'lambda'>;
  readonly graph: ResourceGraph;
}

/** Calls the live version of a function, as a rule of EventBridge does. Throws where it fails. */
export async function callFunction({ clients: { lambda }, graph }: Deployed, name: string, event: object = {}): Promise<unknown> {
  const alias = graph.resources.find((one) => one.type === 'aws:lambda/alias:Alias' && one.name.includes(name));
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: String(alias?.outputs['arn']), Payload: JSON.stringify(event) }),
  );
  const answer: unknown = JSON.parse(new TextDecoder().decode(Payload));
  if (FunctionError !== undefined) throw new Error(`${name} failed: ${JSON.stringify(answer)}`);
  return answer;
}
