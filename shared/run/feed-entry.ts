import type { Value } from '../ports/store.ts';

/** Under it the index tells what has happened of late, in the order in which it was put into the store. */
export const FEED = 'feed';

/** They come with each step of the work: the events of a run tell them, and the feed of all would be nothing else. */
const OF_STEPS: ReadonlySet<string> = new Set(['stepStarted', 'checkpointCreated', 'stepUndone']);

/** Its place in the feed: when it is put first (epoch ms), since an event that waits in its item may be put long after it happened. */
export const feedEntry = (type: string, now: number): Record<string, Value> =>
  OF_STEPS.has(type) ? {} : { open: FEED, openSort: feedTime(now) };

export const feedTime = (at: number): string => String(at).padStart(15, '0');
