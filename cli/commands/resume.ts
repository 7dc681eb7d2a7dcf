import type { Command } from 'commander';
import { addGoOn } from '../go-on.ts';
import type { Session } from '../session.ts';

export const addResume = (program: Command, session: Session): Command =>
  addGoOn(program.command('resume <id>').description('go on with a paused run'), session, 'resume-run', 'Resumed.');
