import { dynamoClient } from '../../../adapters/aws/clients.ts';
import type { Plane } from '../../scenarios/plane.ts';

/** A client of the store of a control plane, beside its functions. */
export const dynamo = (plane: Plane) =>
  dynamoClient({
    endpoint: plane.dynamodb,
    region: 'us-east-1',
    credentials: { accessKeyId: 'scenario', secretAccessKey: 'scenario' },
  });
