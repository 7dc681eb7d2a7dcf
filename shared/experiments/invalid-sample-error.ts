import { SlipwayError } from '../errors/slipway-error.ts';

/** A sample from which nothing can be concluded: NaN, infinite, negative or impossible figures, or too few of them. */
export class InvalidSampleError extends SlipwayError {
  override readonly name = 'InvalidSampleError';
  override readonly code = 'INVALID_SAMPLE';
}

/** Refuses anything but finite numbers. */
export function finiteValues(what: string, values: readonly number[], least: number): void {
  if (values.length < least) throw new InvalidSampleError(`${what} has ${values.length} values; ${least} are needed`);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new InvalidSampleError(`${what} has ${values[at]} at ${at}`, { next: 'Leave out what was not measured.' });
}

/** Refuses counts that cannot be: negative, not finite, more events than trials. */
export function possibleCount(what: string, { events, total }: { readonly events: number; readonly total: number }): void {
  if (events >= 0 && events <= total && Number.isFinite(total)) return;
  throw new InvalidSampleError(`${what} counts ${events} of ${total}`, { next: 'Events are a part of the total.' });
}
