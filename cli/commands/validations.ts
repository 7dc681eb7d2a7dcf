import type { Command } from 'commander';
import type { EndpointOutput } from '../../shared/api/endpoints.ts';
import { EXIT } from '../exit-codes.ts';
import { parseRunId, parseWhole } from '../options.ts';
import { moment } from '../render/figures.ts';
import type { Paint } from '../render/paint.ts';
import { oneLine } from '../render/printable.ts';
import { table } from '../render/table.ts';
import type { Session } from '../session.ts';

type Validation = EndpointOutput<'get-validation'>;
type Outcome = Validation['outcome'];

export function addValidations(program: Command, session: Session): Command {
  const validations = program.command('validations').description('checks of a phase, carried out now on a sample');
  validations
    .command('run <run>')
    .description('carry out the checks of a phase; ends with 1 where one does not pass')
    .requiredOption('--phase <name>', 'the phase of its plan')
    .option('--sample-size <count>', 'look at so many records or requests in each check', parseWhole(1, 10_000), 100)
    .action(async (run: string, { phase, sampleSize }: { phase: string; sampleSize: number }) => {
      const client = await session.client();
      const asked = await client.call('start-validation', { runId: parseRunId(run), phase, sampleSize });
      session.result(asked, report);
      if (asked.outcome !== 'pass') session.exitCode = EXIT.error;
    });
  validations
    .command('list <run>')
    .description('list the validations of a run that people asked for, the latest first')
    .option('--limit <count>', 'look at so many at most', parseWhole(1, 1000), 100)
    .option('--cursor <cursor>', 'go on after an earlier page')
    .action(async (run: string, page: { limit: number; cursor?: string }) => {
      const client = await session.client();
      const runId = parseRunId(run);
      const found = await client.call('list-validations', { runId, ...page });
      session.result(found, (safe, paint) => [
        ...(safe.validations.length === 0 ? ['Nobody has asked for one.'] : rows(safe.validations, paint)),
        ...session.more(['validations', 'list', runId], page, safe.cursor),
      ]);
    });
  validations
    .command('get <run> <id>')
    .description('tell what each check of a validation found')
    .action(async (run: string, validationId: string) => {
      const client = await session.client();
      session.result(await client.call('get-validation', { runId: parseRunId(run), validationId }), report);
    });
  return validations;
}

function rows(validations: EndpointOutput<'list-validations'>['validations'], paint: Paint): string[] {
  const lines = validations.map(({ id, phase, outcome, sampleSize, actor, at }) => [
    id,
    phase,
    painted(outcome, paint),
    String(sampleSize),
    moment(at),
    oneLine(actor),
  ]);
  return table([['VALIDATION', 'PHASE', 'OUTCOME', 'SAMPLE', 'WHEN', 'BY'].map(paint.dim), ...lines]);
}

function report({ id, phase, outcome, results }: Validation, paint: Paint): string[] {
  const lines = results.map(({ scope, name, outcome, sample, detail }) => [
    painted(outcome, paint),
    scope,
    name,
    String(sample),
    oneLine(detail),
  ]);
  return [
    `${paint.bold(`Validation ${id}`)} of phase ${phase}: ${painted(outcome, paint)}`,
    ...table([['OUTCOME', 'OF', 'CHECK', 'SAMPLE', ''].map(paint.dim), ...lines]),
  ];
}

const painted = (outcome: Outcome, paint: Paint): string =>
  outcome === 'pass' ? paint.green('pass') : outcome === 'fail' ? paint.red('fail') : paint.yellow('insufficient');
