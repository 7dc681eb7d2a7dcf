import { redis } from '../../adapters/systems/redis.ts';
import { rotationOnAws } from './aws-rotation.ts';

export const handler = rotationOnAws(() => redis);
