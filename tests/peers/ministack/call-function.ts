import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { PeerPlane } from './peer-plane.ts';

/** Calls the live version of a function, as a rule of EventBridge does. Throws where it fails. */
export async function callFunction(
  { clients: { lambda }, graph }: PeerPlane,
  name: string,
  event: object = {},
): Promise<unknown> {
  const alias = graph.resources.find((one) => one.type === 'aws:lambda/alias:Alias' && one.name.includes(name));
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: String(alias?.outputs['arn']), Payload: JSON.stringify(event) }),
  );
  const answer: unknown = JSON.parse(new TextDecoder().decode(Payload));
  if (FunctionError !== undefined) throw new Error(`${name} failed: ${JSON.stringify(answer)}`);
  return answer;
}
