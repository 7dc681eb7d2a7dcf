import { dynamoClient } from '../../../adapters/aws/clients.ts';
import type { RecordedPlane } from './recorded-plane.ts';

/** A client of the store of a control plane, beside its functions. */
export const dynamo = (plane: Pick<RecordedPlane, 'dynamodb'>) =>
  dynamoClient({
    endpoint: plane.dynamodb,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
