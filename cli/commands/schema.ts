import type { Command } from 'commander';
import { planJsonSchema } from '../../shared/plan/json-schema.ts';
import type { Session } from '../session.ts';

export const addSchema = (program: Command, session: Session): Command =>
  program
    .command('schema')
    .description('print the JSON Schema of plans, for editors and other tools')
    .action(() => session.result(planJsonSchema(), (schema) => [JSON.stringify(schema, undefined, 2)]));
