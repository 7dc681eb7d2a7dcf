import { auditListing } from '../audit/audit-index.ts';
import { AUDIT_RETENTION_DAYS, retentionOf } from '../cleaning/retention.ts';
import type { Write } from '../ports/store.ts';
import type { Access } from './access.ts';

/** A call that was refused for lack of a role. */
export interface Denial {
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  readonly actor: string;
  /** `GET /v1/runs/{runId}`. */
  readonly route: string;
  readonly takes: Access['role'];
  /** Where the role is missing; absent: everywhere. */
  readonly environment?: string;
  /** Of the API's request, as its access log has it. */
  readonly requestId: string;
}

/** Keeps a denial in the audit trail: an item of its own, since it belongs to no run and no flag. */
export function denialWrite({ id, at, actor, ...data }: Denial): Write {
  const listed = auditListing(at, id);
  return {
    name: 'denial.record',
    key: { pk: listed.listing.replace('audit#', 'DENIED#'), sk: listed.listingSort },
    set: {
      type: 'accessDenied',
      at,
      actor,
      data,
      ...listed,
      expiresAt: Math.floor((at + retentionOf(AUDIT_RETENTION_DAYS)) / 1000),
      schemaVersion: 1,
    },
    when: [],
  };
}
