import type { Item } from '../ports/store.ts';

/** Where an entry of the audit trail is listed: by month, and there by time. */
export const auditListing = (at: number, what: string): { readonly listing: string; readonly listingSort: string } => ({
  listing: auditMonth(at),
  listingSort: `${String(at).padStart(15, '0')}#${what}`,
});

/** Whether the item is an entry of the trail. */
export const isAudited = ({ listing }: Item): boolean => typeof listing === 'string' && listing.startsWith('audit#');

/** `audit#2026-11`. */
export const auditMonth = (at: number): string => `audit#${new Date(at).toISOString().slice(0, 7)}`;

/** The month before `audit#2026-01`: `audit#2025-12`. */
export const monthBefore = (month: string): string => auditMonth(Date.parse(`${month.slice('audit#'.length)}-01T00:00:00Z`) - 1);

/** The environment that the key of an audited item names; undefined: its run, or the entry itself, says it. */
export function environmentIn(pk: string): string | undefined {
  const [kind = '', ...names] = pk.split('#');
  if (kind === 'SETTINGS') return names[1];
  return ['FLAG', 'HALT', 'PLAN', 'SCHEDULE'].includes(kind) ? names[0] : undefined;
}

/** The environment of a run by its first event, which is there when the run has been removed. */
export function environmentOfRun(created: Item | undefined): string | undefined {
  const { target } = (created?.['data'] ?? {}) as { readonly target?: unknown };
  return typeof target === 'string' ? target.split('/')[0] : undefined;
}
