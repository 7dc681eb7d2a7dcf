import { mysql } from '../../adapters/systems/mysql.ts';
import { rotationOnAws } from './aws-rotation.ts';

export const handler = rotationOnAws(() => mysql);
