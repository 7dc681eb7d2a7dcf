import { canonicalJson } from '../plan/canonical-json.ts';
import type { FlagDocument } from './flag-document.ts';

/** Keys of the flags that came, went, or are not what they were. What all flags share counts as a change of each. */
export function changedFlags(before: FlagDocument | undefined, after: FlagDocument): string[] {
  if (!before) return Object.keys(after.flags);
  const keys = [...new Set([...Object.keys(before.flags), ...Object.keys(after.flags)])];
  const shared = (document: FlagDocument) => canonicalJson([document.$evaluators ?? {}, document.metadata ?? {}]);
  if (shared(before) !== shared(after)) return keys;
  const text = (document: FlagDocument, key: string) => canonicalJson(document.flags[key] ?? null);
  return keys.filter((key) => text(before, key) !== text(after, key));
}
