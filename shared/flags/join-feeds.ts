import * as z from 'zod';
import type { FlagFeed } from './flag-feed.ts';

const part = z.looseObject({ flags: z.record(z.string(), z.unknown()) });

/** The pages of an environment's flags as one; what all flags share is as the last page says. Throws where a page holds no flags. */
export function joinFeeds([first, ...rest]: readonly [FlagFeed, ...FlagFeed[]]): FlagFeed {
  const { cursor: _, ...whole } = first;
  if (rest.length === 0) return whole;
  const parts = [first, ...rest].map(({ flags }) => part.parse(flags));
  const flags = Object.fromEntries(parts.flatMap((one) => Object.entries(one.flags)));
  return { ...whole, flags: { ...parts.at(-1), flags }, rev: [first, ...rest].reduce((sum, { rev }) => sum + rev, 0) };
}
