import type { TimelineEvent } from '../../shared/api/timeline.ts';
import { milliseconds, moment } from './figures.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';

const STYLES: Readonly<Record<string, 'red' | 'yellow' | 'green'>> = {
  stepFailed: 'red',
  componentFailed: 'red',
  ambiguousEffect: 'red',
  takenOver: 'yellow',
  stepUndone: 'yellow',
  componentUndone: 'yellow',
  componentCompleted: 'green',
};

/** `2026-11-22 01:17:09.123  notices  stepStarted  step=0 attempt=1  by kent`. */
export function eventLines({ at, item, type, actor, data }: TimelineEvent, paint: Paint): string[] {
  const time = `${moment(at).slice(0, 11)}${milliseconds(at)}`;
  const style = STYLES[type];
  const facts = Object.entries(data).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? textOf(value) : JSON.stringify(value)}`,
  );
  const by = actor === 'slipway' ? '' : `  by ${oneLine(actor)}`;
  return [
    `${paint.dim(time)}  ${subject(item)}  ${style ? paint[style](type) : paint.bold(type)}  ${facts.join(' ')}${by}`.trimEnd(),
  ];
}

/** `COMPONENT#places` as `places`, `SEGMENT#places#2` as `places#2`, the run as `run`. */
const subject = (item: string): string => (item === 'RUN' ? 'run' : oneLine(item.slice(item.indexOf('#') + 1)));

const textOf = (value: string): string => (/^[\w./:-]+$/.test(value) ? value : JSON.stringify(oneLine(value)));
