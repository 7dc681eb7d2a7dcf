import * as z from 'zod';
import { RollbackWindowError } from '../errors/run-errors.ts';
import { isMigrationStage } from '../flags/migration/migration-stage.ts';
import type { RolloutComponent } from '../plan/component.ts';
import type { Store } from '../ports/store.ts';
import { effective, type FlagDocument, type FlagState } from '../run/flag-state.ts';
import { alarmsKey, runKey } from '../run/keys.ts';
import { readRun } from '../run/run-state.ts';
import { windowClosed } from './rollback-window.ts';

interface Reach {
  readonly store: Store;
  /** Epoch ms. */
  readonly now: number;
}

const migrated = z.object({
  state: z.string(),
  variants: z.record(z.string(), z.string().refine(isMigrationStage)),
  defaultVariant: z.string().nullish(),
  targeting: z.json().optional(),
});

/** Whether the flag is that of a migration and gives anybody its last stage, where the old side is written no longer. */
export function completes(document: FlagDocument): boolean {
  const parsed = migrated.safeParse(document);
  if (!parsed.success || parsed.data.state === 'DISABLED') return false;
  const { variants, defaultVariant, targeting } = parsed.data;
  const last = Object.keys(variants).filter((name) => variants[name] === 'complete');
  return last.some((name) => name === defaultVariant || mentions(targeting, name));
}

const mentions = (rule: unknown, text: string): boolean =>
  rule === text || (typeof rule === 'object' && rule !== null && Object.values(rule).some((part) => mentions(part, text)));

/** Throws RollbackWindowError where a guardrail of the run that had the flag last may still send it back to the old side. */
export async function requireWindowClosed({ store, now }: Reach, flag: FlagState): Promise<void> {
  const runId = flag.released?.runId;
  const item = runId === undefined ? undefined : await store.read(runKey(runId));
  if (!item) return;
  const run = readRun(item);
  const { items } = await store.list(item.pk, { prefix: 'ALARMS#' });
  const windows = items
    .filter((kept) => kept['flag'] === flag.key)
    .map((kept) => ({ component: kept.sk.slice(alarmsKey('', '').sk.length), window: Number(kept['rollbackWindow']) }))
    .filter(({ component, window }) => !windowClosed(run, component, window, now));
  if (windows.length === 0) return;
  const longest = Math.max(...windows.map(({ window }) => window));
  const until = run.endedAt === undefined ? '' : ` until ${new Date(run.endedAt + longest).toISOString()}`;
  throw new RollbackWindowError(
    `Run ${runId} may still send the flag ${flag.key} back${until}, and a migration that is complete has no old path.`,
    { next: `Wait until its rollback window has closed, or take it back: slipway rollback ${runId} -m REASON` },
  );
}

/** Of a rollout to a migration's last stage: neither its own window nor that of an earlier run may be open there. */
export async function requireNoWayBack(
  reach: Reach,
  flag: FlagState,
  { name, to, rollbackWindow }: RolloutComponent,
): Promise<void> {
  const { variants } = effective(flag) as { readonly variants?: FlagDocument };
  if (!completes({ state: 'ENABLED', variants: variants ?? {}, defaultVariant: to })) return;
  if (rollbackWindow > 0) {
    const fact = `${name} takes the flag ${flag.key} to "complete", where no old path is left, and keeps a rollback window.`;
    throw new RollbackWindowError(fact, { next: 'Write rollbackWindow: 0s.' });
  }
  await requireWindowClosed(reach, flag);
}
