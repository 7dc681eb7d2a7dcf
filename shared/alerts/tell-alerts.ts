import type { Notifier } from '../ports/notifier.ts';
import type { JournalDeps } from '../run/journal.ts';
import { ALERTS } from './alert-code.ts';
import { loadAlertSettings } from './alert-settings.ts';
import { ALERTS_TO_TELL, type AlertState, timeKey } from './alert-state.ts';
import { changeAlert, loadAlert } from './keep-alerts.ts';

export interface TellDeps extends JournalDeps {
  readonly notifier: Notifier;
}

/** At most so many in one go: the next goes on. */
const PAGE = 100;

/**
 * Tells of every alert whose time has come: raised, quiet hours over, or not acknowledged. Answers their ids. One that cannot be told
 * keeps no other; the first such error is thrown at the end.
 */
export async function tellDue(deps: TellDeps): Promise<readonly string[]> {
  const page = await deps.store.listIndex('open', ALERTS_TO_TELL, { limit: PAGE });
  const now = timeKey(deps.clock.now() + 1, '');
  const due = page.items.filter((item) => String(item['openSort']) < now);
  const told: string[] = [];
  const failures: unknown[] = [];
  for (const item of due) {
    try {
      const { alert } = await loadAlert(deps, item.pk.slice('ALERT#'.length));
      if (await tellAlert(deps, alert)) told.push(alert.id);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return told;
}

/** Told first, then written down: who dies in between tells it twice, and never not at all. */
export async function tellAlert(deps: TellDeps, alert: AlertState): Promise<boolean> {
  if (alert.status !== 'open' || alert.tellAt === undefined || alert.tellAt > deps.clock.now()) return false;
  const escalated = alert.toldAt !== undefined;
  const { id, environment, code, severity, subject, message, next } = alert;
  const escalations = alert.escalations + (escalated ? 1 : 0);
  await deps.notifier.tell({ id, environment, code, severity, title: ALERTS[code].title, subject, message, next, escalations });
  const { settings } = await loadAlertSettings(deps.store, environment);
  await changeAlert(deps, alert, { type: 'told', escalated }, settings);
  return true;
}
