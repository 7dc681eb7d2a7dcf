// Fractions of a second may have any number of digits; Date keeps milliseconds.
const shape = /^(\d{4}-\d{2}-\d{2}T)(\d{2}):(\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;

/** Epoch ms of an RFC 3339 timestamp with `T` and an offset, as ASL wants it; undefined where the text is none. */
export function parseTimestamp(text: string): number | undefined {
  const [, date, hour, rest, fraction = '', offset] = shape.exec(text) ?? [];
  if (date === undefined || Number(hour) > 23) return undefined;
  const millis = Date.parse(`${date}${hour}:${rest}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
  if (Number.isNaN(millis)) return undefined;
  // Date.parse rolls 31 February over into March.
  const day = Number(date.slice(8, 10));
  const daysInMonth = new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).getUTCDate();
  return day <= daysInMonth ? millis : undefined;
}
