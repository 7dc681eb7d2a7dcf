import type { DryRunReport } from '../../shared/api/dry-run.ts';
import { formatDuration } from '../../shared/notation/quantities.ts';
import { moment, timeSpan, whole } from './figures.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';

/** What a run would do, for a person. */
export function dryRunReportLines(report: DryRunReport, paint: Paint): string[] {
  const { plan, target, batches, rotations, changes, irreversible, locked } = report;
  return [
    `${paint.bold('Dry run')} of ${plan.name} on ${target}: nothing was written.`,
    ...batches.flatMap((batch) => ['', ...batchLines(batch, paint)]),
    ...rotations.flatMap((rotation) => ['', ...rotationLines(rotation, paint)]),
    ...(irreversible.length === 0
      ? []
      : ['', 'Cannot be undone', ...irreversible.map(({ component, why }) => `  ${component}: ${why}`)]),
    ...(locked.length === 0
      ? []
      : [
          '',
          'Locked now',
          ...locked.map(({ resource, holder, since }) => `  ${resource} by run ${holder} since ${moment(since)}`),
        ]),
    '',
    changes ? paint.yellow('A run would change something.') : 'A run would change nothing.',
  ];
}

type Rotation = DryRunReport['rotations'][number];

const rotationLines = ({ component, secretId, system, overlap, refused }: Rotation, paint: Paint): string[] => [
  `${paint.bold(component)}: a new credential of ${secretId} (${system}); the old one stays valid for ${formatDuration(overlap)}`,
  ...(refused
    ? [`  ${paint.red('refused now')}: ${refused.message}${refused.next === undefined ? '' : ` ${refused.next}`}`]
    : []),
];

type Batch = DryRunReport['batches'][number];

function batchLines(batch: Batch, paint: Paint): string[] {
  const { component, read, produced, failed, failures, tolerated, overwrites, unchanged, fields, complete, estimate } = batch;
  const { writes } = estimate;
  return [
    `${paint.bold(component)}: ${whole(read)} records read${complete ? '' : ' until the time was up'}, ${whole(produced)} produced, ${whole(failed)} failed`,
    `  the target holds ${whole(unchanged)} of them already and ${whole(overwrites)} with another content`,
    ...fields.map(({ change, field, records }) => `  ${change} ${field} in ${whole(records)}`),
    ...failures.map(({ key, error }) => `  ${paint.red('fails')} ${JSON.stringify(key)}: ${oneLine(error)}`),
    ...(tolerated ? [] : [`  ${paint.red('a run would fail')}: more records fail than \`tolerate\` allows`]),
    `  all ${whole(estimate.records)} would take about ${timeSpan(estimate.seconds)} at ${whole(estimate.recordsPerSecond)} records/s${estimate.assumed ? ' (assumed)' : ''}`,
    `  and ${whole(writes.data)} data writes, ${whole(writes.checkpoints)} checkpoints, ${whole(writes.events)} events`,
  ];
}
