import type { FlagView } from '../../shared/api/flags.ts';
import { type FlagDefinition, flagDefinition } from '../../shared/flags/flag-document.ts';
import { type SimpleFlag, simpleFlag, toSimple } from '../../shared/flags/simple-flag.ts';
import { stageOf } from '../../shared/flags/stage.ts';
import { conditionText } from '../flag-condition.ts';
import { moment } from './figures.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';

/** All that is known of a flag: in the words of the form, or its definition where that says more. */
export function flagReport(view: FlagView, paint: Paint): string[] {
  const { key, environment, rev, simple, flag, owner, tripped } = view;
  const form = simple === undefined ? undefined : simpleFlag.safeParse(simple).data;
  const rows = form ? formRows(form, paint) : [['state', stateText(flag['state'] === 'ENABLED', paint)], ...splitRow(flag)];
  return [
    `${paint.bold(`Flag ${key}`)} in ${environment}, revision ${rev}`,
    ...table([
      ...rows,
      ...(owner === undefined ? [] : [['run', `${owner} shifts it: slipway watch ${owner}`]]),
      ...(tripped ? [['tripped', paint.red(`back on the old side since ${moment(tripped.at)}: ${tripped.reason}`)]] : []),
    ]).map((line) => `  ${line}`),
    ...(form
      ? []
      : [
          '',
          'It says more than the form, so it is changed as a whole, with --file:',
          ...JSON.stringify(flag, undefined, 2).split('\n'),
        ]),
  ];
}

const stateText = (enabled: boolean, paint: Paint): string =>
  enabled ? paint.green('enabled') : paint.yellow('disabled: every caller gets its own default');

function splitRow(flag: FlagView['flag']): string[][] {
  const parsed = flagDefinition.safeParse(flag).data;
  const at = parsed && stageOf(parsed);
  return at ? [['on for', `${at.percent} % of keys`]] : [];
}

function formRows(form: SimpleFlag, paint: Paint): string[][] {
  const { enabled, rolloutPercentage, customers, userGroups, environments, conditions, fallbackEnabled } = form;
  const narrowed = userGroups.length + environments.length + conditions.length > 0;
  return [
    ['state', stateText(enabled, paint)],
    ['on for', `${rolloutPercentage} % of keys`],
    ...(customers.length === 0 ? [] : [['customers', `${customers.join(', ')}: always on`]]),
    ...(environments.length === 0 ? [] : [['only in', environments.join(', ')]]),
    ...(userGroups.length === 0 ? [] : [['groups', userGroups.join(', ')]]),
    ...conditions.map((condition, index) => [index === 0 ? 'where' : 'and', conditionText(condition)]),
    ...(narrowed ? [['otherwise', fallbackEnabled ? 'on' : 'off']] : []),
  ];
}

/** A flag in a few words: `25 % of groups beta`. */
export function flagSummary(flag: FlagDefinition): string {
  const form = toSimple(flag);
  const at = stageOf({ ...flag, state: 'ENABLED' });
  const share = at === undefined ? 'by its own rule' : `on for ${at.percent} %`;
  const off = flag.state === 'DISABLED' ? 'disabled, ' : '';
  if (!form) return `${off}${share}`;
  const { customers, userGroups, environments, conditions } = form;
  const narrowed = [
    ...(environments.length === 0 ? [] : [`in ${environments.join(', ')}`]),
    ...(userGroups.length === 0 ? [] : [`of ${userGroups.join(', ')}`]),
    ...conditions.map((condition) => `where ${conditionText(condition)}`),
  ];
  const named = customers.length === 0 ? '' : ` and ${customers.length} customer${customers.length === 1 ? '' : 's'}`;
  return `${off}${[`${share}${named}`, ...narrowed].join(' ')}`;
}
