import type { TimelineEvent } from '../../shared/api/timeline.ts';
import { milliseconds, moment } from './figures.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';
import { rolloutEventText } from './rollout-event.ts';

const STYLES: Readonly<Record<string, 'red' | 'yellow' | 'green'>> = {
  stepFailed: 'red',
  componentFailed: 'red',
  ambiguousEffect: 'red',
  takenOver: 'yellow',
  stepUndone: 'yellow',
  stageHeld: 'yellow',
  guardrailAlert: 'yellow',
  stageLowered: 'yellow',
  flagRestored: 'yellow',
  stageEntered: 'green',
  componentUndone: 'yellow',
  componentCompleted: 'green',
};

/** `2026-11-22 01:17:09.123  notices  stepStarted  step=0 attempt=1  by kent`. */
export function eventLines({ at, item, type, actor, data }: TimelineEvent, paint: Paint): string[] {
  const time = `${moment(at).slice(0, 11)}${milliseconds(at)}`;
  const style = STYLES[type];
  const told = rolloutEventText(type, data);
  const facts = told === undefined ? factsOf(data) : oneLine(told);
  const by = actor === 'slipway' ? '' : `  by ${oneLine(actor)}`;
  return [`${paint.dim(time)}  ${subject(item)}  ${style ? paint[style](type) : paint.bold(type)}  ${facts}${by}`.trimEnd()];
}

const factsOf = (data: TimelineEvent['data']): string =>
  Object.entries(data)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? textOf(value) : JSON.stringify(value)}`)
    .join(' ');

/** `FLAG#staging#search` as `staging/search`, `COMPONENT#places` as `places`, `SEGMENT#places#2` as `places#2`, the run as `run`. */
const subject = (item: string): string => {
  const name = item.slice(item.indexOf('#') + 1);
  return item === 'RUN' ? 'run' : oneLine(item.startsWith('FLAG#') ? name.replace('#', '/') : name);
};

const textOf = (value: string): string => (/^[\w./:-]+$/.test(value) ? value : JSON.stringify(oneLine(value)));
