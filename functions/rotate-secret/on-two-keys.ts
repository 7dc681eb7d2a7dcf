import { lambdaClient } from '../../adapters/aws/clients.ts';
import { LambdaUserCode } from '../../adapters/aws/lambda-user-code.ts';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import { twoKeys } from '../../adapters/systems/two-keys.ts';
import { countedCall } from '../observer.ts';
import { rotationOnAws } from './aws-rotation.ts';

export const handler = rotationOnAws(({ task }) => {
  const client = lambdaClient({ around: countedCall });
  const userCode = new LambdaUserCode({ client, clock: systemClock, functionOf: (name) => name });
  return twoKeys({ userCode, clock: systemClock, ref: task ?? '' });
});
