/** A wall clock's time: what EventBridge Scheduler's expressions are written in. Months from 1. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const HOUR = 3_600_000;
/** No zone is further from UTC, so that a change of the clock at a local time lies between the two. */
const FURTHEST = 15 * HOUR;
/** By the name in small letters, since any spelling is the same zone. Making a formatter costs a hundred times what using one does. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Whether it names a zone of IANA's: offsets such as `+01:00`, which Intl knows as well, are none of EventBridge's. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What clocks in the zone show at an instant (epoch ms). */
export function localAt(instant: number, zone: string): LocalTime {
  const parts = Object.fromEntries(
    formatterOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return { year, month, day, hour, minute, second };
}

/**
 * The instant (epoch ms) at which clocks in the zone show a time: the first of two where they are put back, undefined where they
 * are put forward over it.
 */
export function instantOf(local: LocalTime, zone: string): number | undefined {
  const shown = asUtc(local);
  const offsets = [...new Set([shown - FURTHEST, shown + FURTHEST].map((probe) => asUtc(localAt(probe, zone)) - probe))];
  const instants = offsets.map((offset) => shown - offset).filter((instant) => asUtc(localAt(instant, zone)) === shown);
  return instants.length === 0 ? undefined : Math.min(...instants);
}

/** The time as if it were UTC's, epoch ms. */
export const asUtc = ({ year, month, day, hour, minute, second }: LocalTime): number =>
  Date.UTC(year, month - 1, day, hour, minute, second);

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const name = timeZone.toLowerCase();
  const known = formatters.get(name);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(name, made);
  return made;
}
