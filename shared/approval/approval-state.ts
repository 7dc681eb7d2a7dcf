import * as z from 'zod';
import type { Item } from '../ports/store.ts';

const approvalDecision = z.object({
  approved: z.boolean(),
  actor: z.string(),
  reason: z.string(),
  /** Epoch ms. */
  at: z.number(),
  /** Nobody answered in time: the plan's default. */
  expired: z.boolean().exactOptional(),
});
export type ApprovalDecision = z.output<typeof approvalDecision>;

/** What a waiting approval keeps on its component, beside the task token. */
export const approvalState = z.object({
  prompt: z.string(),
  /** Epoch ms; fixed when it is first asked. */
  expiresAt: z.number(),
  onExpiry: z.enum(['reject', 'approve']),
  decision: approvalDecision.exactOptional(),
});
export type ApprovalState = z.output<typeof approvalState>;

/** Undefined where nobody has been asked yet. */
export const readApproval = (item: Item | undefined): ApprovalState | undefined =>
  item?.['approval'] === undefined ? undefined : approvalState.parse(item['approval']);
