import type { SecretDetail, SecretView, WindowView } from '../../shared/api/secrets.ts';
import { counted, moment, timeSpan } from './figures.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';
import { table } from './table.ts';

/** All that is known of a secret; never a value. */
export function secretReport(view: SecretDetail, paint: Paint): string[] {
  const { id, environment, rev, system, task, overlap, rule, enabled, every, nextAt, changed, window, rotation } = view;
  const by = `${moment(changed.at)} by ${oneLine(changed.actor)}${changed.reason === '' ? '' : `: ${oneLine(changed.reason)}`}`;
  return [
    `${paint.bold(`Secret ${oneLine(id)}`)} in ${environment}, revision ${rev}`,
    ...table([
      ['system', task === undefined ? system : `${system} by ${oneLine(task)}`],
      ['rotation', enabled ? paint.green('enabled') : paint.yellow('disabled')],
      ['overlap', `the old credential stays valid for ${timeSpan(overlap / 1000)}`],
      ['values', `${counted(rule.length, 'character')} of ${rule.classes.join(', ')}`],
      ...(every === undefined ? [] : [['every', timeSpan(every / 1000)]]),
      ...(nextAt === undefined ? [] : [['next', moment(nextAt)]]),
      ...(window ? [['window', windowLine(window, view.overdue, paint)]] : []),
      ...(rotation && rotation.status !== 'done' ? [['under way', standingLine(rotation, paint)]] : []),
      ...view.versions.map(({ version, labels }, at) => [at === 0 ? 'versions' : '', `${version}  ${labels.join(', ')}`]),
      ['changed', by],
    ]).map((line) => `  ${line}`),
    ...(view.unavailable
      ? [
          paint.yellow(oneLine(view.unavailable.message)),
          ...(view.unavailable.next ? [`Next:    ${oneLine(view.unavailable.next)}`] : []),
        ]
      : []),
  ];
}

export function windowLine({ version, old, status, revokeAt, revokedAt }: WindowView, overdue: boolean, paint: Paint): string {
  const turn = `${short(old)} -> ${short(version)}`;
  if (overdue) return paint.red(`${turn}: the old one should be revoked by now, and is not`);
  if (status === 'revoked') return `${turn}: the old one was revoked${revokedAt === undefined ? '' : ` ${moment(revokedAt)}`}`;
  if (status === 'kept') return `${turn}: taken back, ${short(old)} is in use`;
  return paint.yellow(`${turn}: both are valid${revokeAt === undefined ? '' : ` until ${moment(revokeAt)}`}`);
}

const short = (version: string): string => version.slice(0, 8);

/** Why a rotation is where it is. */
export function standingLine({ status, step, failure }: NonNullable<SecretDetail['rotation']>, paint: Paint): string {
  const why = failure ? `: ${oneLine(failure.message)}` : '';
  if (status === 'failed') return paint.red(`failed at ${step}${why}`);
  return status === 'pending' ? paint.yellow(`next is ${step}${why}`) : status;
}

export function secretRows(views: readonly SecretView[], paint: Paint): string[] {
  const rows = views.map((view) => [
    oneLine(view.id),
    view.system,
    view.enabled ? paint.green('enabled') : paint.yellow('disabled'),
    view.nextAt === undefined ? '' : moment(view.nextAt),
    view.window ? windowLine(view.window, view.overdue, paint) : 'never rotated',
  ]);
  return table([['SECRET', 'SYSTEM', 'ROTATION', 'NEXT', 'LAST'].map(paint.dim), ...rows]);
}
