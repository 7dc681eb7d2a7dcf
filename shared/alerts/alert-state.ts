import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Item } from '../ports/store.ts';
import { readable } from '../run/run-state.ts';
import { type AlertCode, alertCode, severity } from './alert-code.ts';

export const alertStatus = z.enum(['open', 'acknowledged', 'resolved']);

/** An alert as it is kept. Times are epoch ms. */
export const alertState = z.object({
  id: z.string(),
  environment: z.string(),
  code: alertCode,
  /** What it is about: `run/ID`, `run/ID/COMPONENT`, `webhook/ID`. */
  subject: z.string(),
  severity,
  status: alertStatus,
  message: z.string(),
  next: z.string(),
  /** How often it was raised since it was opened, or opened again. */
  count: z.number(),
  firstAt: z.number(),
  lastAt: z.number(),
  /** When somebody was last told. */
  toldAt: z.number().optional(),
  /** How often that was an escalation. */
  escalations: z.number(),
  /** When somebody is to be told next: at once, after quiet hours, or as an escalation. */
  tellAt: z.number().optional(),
  acknowledged: z.object({ by: z.string(), at: z.number(), note: z.string() }).optional(),
  /** The event that raised or resolved it last, and its time. */
  source: z.string(),
  sourceAt: z.number(),
  rev: z.number(),
});
export type AlertState = z.output<typeof alertState>;

export const readAlert = (item: Item): AlertState => alertState.parse(readable(item));

/** 26 characters: the same code and subject of an environment are the same alert. */
export const alertIdOf = (environment: string, code: AlertCode, subject: string): string =>
  createHash('sha256').update(`${environment}\n${code}\n${subject}`).digest('hex').slice(0, 26);

export const alertListing = (environment: string): string => `alert#${environment}`;
/** Under it are the alerts of which somebody is to be told, in the order of their times. */
export const ALERTS_TO_TELL = 'alert';
/** Sorts as the time does. */
export const timeKey = (at: number, id: string): string => `${String(at).padStart(15, '0')}#${id}`;
