const DAY_MS = 24 * 3_600_000;

/** How long what has ended is kept, in days, where nobody says otherwise. */
export const RETENTION_DAYS = 30;

/** How long the audit trail is kept: that of a run from its removal on, a refusal from when it was. */
export const AUDIT_RETENTION_DAYS = 400;

export const retentionOf = (days: number): number => days * DAY_MS;

/**
 * From the moment in which a run expires to that in which its parts are removed, ms: longer than any invocation, so that none that
 * has read the run before is at work on it still.
 */
export const GRACE_MS = 3_600_000;
