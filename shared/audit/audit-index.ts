/** Where an entry of the audit trail is listed: by month, and there by time. */
export const auditListing = (at: number, what: string): { readonly listing: string; readonly listingSort: string } => ({
  listing: auditMonth(at),
  listingSort: `${String(at).padStart(15, '0')}#${what}`,
});

/** `audit#2026-11`. */
export const auditMonth = (at: number): string => `audit#${new Date(at).toISOString().slice(0, 7)}`;

/** The month before `audit#2026-01`: `audit#2025-12`. */
export const monthBefore = (month: string): string => auditMonth(Date.parse(`${month.slice('audit#'.length)}-01T00:00:00Z`) - 1);

/** The environment that the key of an audited item names; undefined: its run, or the entry itself, says it. */
export function environmentIn(pk: string): string | undefined {
  const [kind = '', ...names] = pk.split('#');
  if (kind === 'SETTINGS') return names[1];
  return ['FLAG', 'PLAN', 'SCHEDULE'].includes(kind) ? names[0] : undefined;
}
