import type { Command } from 'commander';
import type { Limits, PersonLimits } from '../../shared/admission/limits.ts';
import { UsageError } from '../cli-errors.ts';
import { parseEnvironment, parseMost, parsePermits } from '../options.ts';
import { limitsReport } from '../render/limits-report.ts';
import type { Session } from '../session.ts';

interface SetOptions {
  readonly environment?: string;
  readonly person?: string;
  readonly role?: string;
  readonly everyone?: true;
  readonly atOnce?: number | null;
  readonly perHour?: number | null;
  readonly perDay?: number | null;
  readonly semaphore?: { readonly name: string; readonly permits: number };
  readonly reason?: string;
}

export function addLimits(program: Command, session: Session): Command {
  const limits = program.command('limits').description('how many runs may be under way, and who may start how many');
  limits
    .command('get')
    .description('tell the limits and how far they are used')
    .action(async () => {
      const client = await session.client();
      session.result(await client.call('get-limits', {}), limitsReport);
    });
  limits
    .command('set')
    .description('change what is named; the rest stays')
    .option('--environment <name>', 'of that environment', parseEnvironment)
    .option('--person <name>', 'of that person, by the name under which they start runs')
    .option('--role <role>', 'of everyone with that role')
    .option('--everyone', 'of each person of whom nothing else is said')
    .option('--at-once <count>', 'runs under way at once, a number or none; alone: over all environments', parseMost)
    .option('--per-hour <count>', 'runs that the person may start in an hour, a number or none', parseMost)
    .option('--per-day <count>', 'and in a day', parseMost)
    .option('--semaphore <name=permits>', 'how many runs at once may hold it, in --environment', parsePermits)
    .option('-m, --reason <text>', 'why, for the audit trail')
    .action((options: SetOptions) => set(session, options));
  return limits;
}

async function set(session: Session, { reason, ...options }: SetOptions): Promise<void> {
  const client = await session.client();
  const { limits, rev } = await client.call('get-limits', {});
  const answer = await client.call('put-limits', { limits: changed(limits, options), reason, ifRev: rev });
  session.result(answer, limitsReport);
}

/** The limits with what the options say. Throws UsageError where that is nothing, or not of one subject. */
function changed(limits: Limits, options: SetOptions): Limits {
  const { environment, person, role, everyone, atOnce, semaphore } = options;
  const rates = pick(options, ['perHour', 'perDay']);
  const counts = pick(options, ['atOnce', 'perHour', 'perDay']);
  const subjects = [environment, person, role, everyone].filter((subject) => subject !== undefined);
  if (subjects.length > 1) throw usage('One of --environment, --person, --role and --everyone at a time.');
  if (Object.keys(counts).length === 0 && !semaphore) throw usage('Nothing is said that should change.');
  if (semaphore && environment === undefined) throw usage('--semaphore goes with --environment.');
  if (person !== undefined) return { ...limits, people: { ...limits.people, [person]: { ...limits.people[person], ...counts } } };
  if (role !== undefined) return { ...limits, roles: { ...limits.roles, [role]: { ...limits.roles[role], ...counts } } };
  if (everyone) return { ...limits, perPerson: { ...limits.perPerson, ...counts } };
  if (Object.keys(rates).length > 0) throw usage('--per-hour and --per-day go with --person, --role or --everyone.');
  if (environment === undefined) return atOnce === undefined ? limits : { ...limits, atOnce };
  const before = limits.environments[environment];
  const semaphores = semaphore && { semaphores: { ...before?.semaphores, [semaphore.name]: semaphore.permits } };
  const after = { ...before, ...(atOnce === undefined ? {} : { atOnce }), ...semaphores };
  return { ...limits, environments: { ...limits.environments, [environment]: after } };
}

const pick = (options: SetOptions, names: readonly (keyof PersonLimits)[]): PersonLimits =>
  Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));

const usage = (message: string): UsageError => new UsageError(message, { next: 'slipway limits set --help' });
