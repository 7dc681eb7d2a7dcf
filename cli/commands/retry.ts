import type { Command } from 'commander';
import { addGoOn } from '../go-on.ts';
import type { Session } from '../session.ts';

export const addRetry = (program: Command, session: Session): Command =>
  addGoOn(program.command('retry <id>').description('try again what failed in a run'), session, 'retry-run', 'Trying again.');
