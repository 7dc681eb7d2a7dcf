import { sshKey } from '../../adapters/systems/ssh-key.ts';
import { rotationOnAws } from './aws-rotation.ts';

export const handler = rotationOnAws(() => sshKey);
