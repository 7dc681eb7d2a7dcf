const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const SHARE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1, style: 'percent' });

/** `135233` as `135,233`. */
export const whole = (value: number): string => WHOLE.format(value);

/** `0.4567` as `45.7%`. */
export const share = (value: number): string => SHARE.format(value);

export const counted = (count: number, noun: string): string => `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;

/** Seconds as a person says them: `0.3s`, `42s`, `3m 05s`, `2h 07m`, `3d 04h`. */
export function timeSpan(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  const total = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  if (total < 60) return `${total}s`;
  if (total < 3600) return `${Math.floor(total / 60)}m ${two(total % 60)}s`;
  if (total < 86_400) return `${Math.floor(total / 3600)}h ${two(Math.floor((total % 3600) / 60))}m`;
  return `${Math.floor(total / 86_400)}d ${two(Math.floor((total % 86_400) / 3600))}h`;
}

const two = (value: number, digits = 2) => String(value).padStart(digits, '0');

/** Epoch ms as the local date and time, to the second. */
export function moment(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${timeOfDay(at)}`;
}

/** Epoch ms as the local time. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export const milliseconds = (at: number): string => `${timeOfDay(at)}.${two(new Date(at).getMilliseconds(), 3)}`;

/** How far something is, in so many columns. */
export function bar(done: number, columns: number): string {
  const full = Math.round(Math.min(1, Math.max(0, done)) * columns);
  return '█'.repeat(full) + '░'.repeat(columns - full);
}
