import { postgresql, postgresqlSingleUser } from '../../adapters/systems/postgresql.ts';
import { rotationOnAws } from './aws-rotation.ts';

export const handler = rotationOnAws(({ system }) => (system === postgresqlSingleUser.name ? postgresqlSingleUser : postgresql));
