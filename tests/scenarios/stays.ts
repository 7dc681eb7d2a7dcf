import type { TimelineEvent } from '../../shared/api/timeline.ts';

/** How a run went through the queue, epoch ms. */
export interface Stay {
  readonly priority: number;
  /** From when on it stood in the queue, or had its slot at once. */
  readonly joined: number;
  /** From when on it had its slot. */
  readonly from: number;
  readonly to: number;
}

/** Runs that go in so close to each other, ms, took slots that were free at the same time. */
const MOMENT_MS = 3000;

/**
 * By its timeline. A run stands in the queue when its execution has asked for its slot, not when it was created: where the control plane is
 * killed between the two, those that ask first after its start find slots free and nobody before them.
 */
export function stayOf(events: readonly Pick<TimelineEvent, 'type' | 'at' | 'data'>[], priority: number, to: number): Stay {
  const from = events.find(({ type, data }) => type === 'locksTaken' && data['fences'] !== undefined)?.at ?? 0;
  return { priority, joined: events.find(({ data }) => data['queued'] !== undefined)?.at ?? from, from, to };
}

/** The most that were under way at once. */
export const mostAtOnce = (stays: readonly Stay[]): number =>
  Math.max(...stays.map(({ from }) => stays.filter((other) => other.from <= from && from < other.to).length));

/** Runs that stood in the queue while another of a lower priority joined or waited there too, and went in well before them. */
export function overtaken(stays: readonly Stay[]): number {
  return stays.filter((one) =>
    stays.some(
      (other) => one.priority > other.priority && other.from > one.joined + MOMENT_MS && other.from + MOMENT_MS < one.from,
    ),
  ).length;
}
