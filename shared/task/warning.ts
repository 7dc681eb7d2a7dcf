/** A user's signal fires this long before the deadline, or a tenth of the time where that is less, ms. */
const GRACE = 1000;

/** How long (ms) a call that has `left` ms may work before its signal tells it to stop. */
export const warnAfter = (left: number): number => left - Math.min(GRACE, left / 10);

/** What the signal is aborted with. */
export const timeIsUp = (method: string): DOMException => new DOMException(`The time of ${method} is nearly up.`, 'TimeoutError');
