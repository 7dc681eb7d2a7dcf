import type { Command } from 'commander';
import * as z from 'zod';
import type { ExperimentResultsView, ExperimentVerdictView, ExperimentView } from '../../shared/api/experiments.ts';
import { type Experiment, experiment } from '../../shared/experiments/experiment.ts';
import { UsageError } from '../cli-errors.ts';
import { readJsonFile } from '../flag-form.ts';
import { parseEnvironment } from '../options.ts';
import { moment } from '../render/figures.ts';
import type { Paint } from '../render/paint.ts';
import { table } from '../render/table.ts';
import type { Session } from '../session.ts';

interface Where {
  readonly environment?: string;
}
interface Why extends Where {
  readonly reason?: string;
}

export function addExperiments(program: Command, session: Session): Command {
  const verbs = program.command('experiments').description('whether the new variation of a flag is better');
  const add = (name: string, what: string): Command =>
    verbs
      .command(name)
      .description(what)
      .option('--environment <name>', "where (default: the control plane's own)", parseEnvironment);
  add('list', 'list the experiments of an environment').action(async (where: Where) => {
    const client = await session.client();
    session.result(await client.call('list-experiments', { ...where }), ({ experiments }, paint) =>
      listLines(experiments, paint),
    );
  });
  add('start <key> <file>', 'record who is shown what, and does what: as a JSON file asks')
    .option('--reason <text>', 'why, for the audit trail')
    .action(async (key: string, file: string, why: Why) => {
      const asked = await readExperiment(file, session.shell.cwd);
      const client = await session.client();
      const one = await client.call('put-experiment', { key, experiment: asked, ...why });
      session.result(one, (safe, paint) => listLines([safe], paint));
    });
  add('stop <key>', 'take in nobody else; what was recorded stays for 30 days')
    .option('--reason <text>', 'why, for the audit trail')
    .action(async (key: string, why: Why) => {
      const client = await session.client();
      const one = await client.call('put-experiment', { key, stop: true, ...why });
      session.result(one, (safe, paint) => listLines([safe], paint));
    });
  add('results <key>', 'tell what the cohorts did').action(async (key: string, where: Where) => {
    const client = await session.client();
    session.result(await client.call('get-experiment-results', { key, ...where }), resultLines);
  });
  add('verdict <key>', 'judge it: promote, hold or rollback, and why').action(async (key: string, where: Where) => {
    const client = await session.client();
    session.result(await client.call('get-experiment-verdict', { key, ...where }), verdictLines);
  });
  return verbs;
}

async function readExperiment(file: string, cwd: string): Promise<z.input<typeof experiment> & Experiment> {
  const parsed = experiment.safeParse(await readJsonFile(file, cwd, 'an experiment: docs/experiments.md has an example'));
  if (parsed.success) return parsed.data;
  throw new UsageError(`${file} holds no experiment:\n${z.prettifyError(parsed.error)}`, {
    next: 'Correct it: docs/experiments.md has an example.',
  });
}

function listLines(experiments: readonly ExperimentView[], paint: Paint): string[] {
  if (experiments.length === 0) return ['There are no experiments.'];
  const rows = experiments.map(({ key, flag, control, treatment, running, endsAt }) => [
    key,
    running ? paint.green('running') : 'over',
    `${treatment} against ${control} of ${flag}`,
    moment(endsAt),
  ]);
  return table([['EXPERIMENT', 'STATE', 'ASKS', 'ENDS'].map(paint.dim), ...rows]);
}

const percent = (share: number | null): string => (share === null ? '-' : `${Number((share * 100).toPrecision(4))} %`);
const figure = (value: number | null): string => (value === null ? 'any' : String(Number(value.toPrecision(4))));

function resultLines({ key, flag, state, subjects, measures, funnel }: ExperimentResultsView, paint: Paint): string[] {
  const rows = measures.map(({ measure, variation, sample, events, mean, interval }) => [
    measure,
    variation,
    String(sample),
    events === null ? figure(mean) : `${percent(mean)} (${events})`,
    interval === null ? '' : `${percent(interval.low)} to ${percent(interval.high)}`,
  ]);
  const steps = funnel.flatMap(({ cohort, steps: done }) =>
    done.map(({ name, subjects: count, ofExposed }) => [cohort, name, String(count), percent(ofExposed)]),
  );
  return [
    `${paint.bold(`Experiment ${key}`)} on ${flag}, ${state}`,
    `Subjects: ${subjects.control} control, ${subjects.treatment} treatment, ${subjects.unexposed} not exposed, ${subjects.moved} moved`,
    ...table([['MEASURE', 'VARIATION', 'SUBJECTS', 'FIGURE', ''].map(paint.dim), ...rows]),
    ...(steps.length === 0 ? [] : ['', ...table([['COHORT', 'STEP', 'SUBJECTS', 'OF ALL'].map(paint.dim), ...steps])]),
  ];
}

function verdictLines({ key, decision, checks }: ExperimentVerdictView, paint: Paint): string[] {
  const shown = { promote: paint.green, hold: paint.yellow, rollback: paint.red }[decision](decision);
  return [
    `${paint.bold(`Experiment ${key}`)}: ${shown}`,
    ...table(checks.map(({ name, outcome, sentence }) => [`  ${name}`, outcome, sentence])),
  ];
}
