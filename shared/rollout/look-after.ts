const SHORTEST_LOOK_MS = 1000;
/** While a stage is young its figures are new. */
const LONGEST_YOUNG_LOOK_MS = 60_000;
const LONGEST_LOOK_MS = 300_000;
const LOOKS = 60;

/**
 * How long after a look the next one comes, ms: a sixtieth of the bake time, between 1 s and a minute; in a stage that has been watched
 * for longer than an hour, a sixtieth of that, up to five minutes. The last look of a bake comes when it is over.
 */
export function lookAfter(
  watchedMs: number,
  { bake, look }: { readonly bake: number; readonly look?: number | undefined },
): number {
  const young = Math.min(LONGEST_YOUNG_LOOK_MS, Math.max(SHORTEST_LOOK_MS, Math.ceil(bake / LOOKS)));
  const next = look ?? Math.min(LONGEST_LOOK_MS, Math.max(young, Math.ceil(watchedMs / LOOKS)));
  const left = bake - watchedMs;
  return left > 0 ? Math.min(next, left) : next;
}
