import { alertNotFound } from '../errors/told-errors.ts';
import type { Clause, Item, Write } from '../ports/store.ts';
import { commit, create, flushEvent, type JournalDeps, transition } from '../run/journal.ts';
import { alertKey } from '../run/keys.ts';
import { type AlertSettings, loadAlertSettings } from './alert-settings.ts';
import type { Signal } from './alert-signals.ts';
import { type AlertState, alertIdOf, readAlert } from './alert-state.ts';
import { type AlertChange, type AlertCommand, type AlertPlace, decideAlert, type Source } from './decide-alert.ts';

/** Rivals that may come between reading and writing, before it is given up and tried again from outside. */
const RIVALS = 20;

/** Raises or resolves the alert of a signal. `source` names what gave it: the same again changes nothing. Undefined: there is nothing to resolve. */
export async function takeSignal(
  deps: JournalDeps,
  environment: string,
  signal: Signal,
  source: Source,
): Promise<AlertState | undefined> {
  const { settings } = await loadAlertSettings(deps.store, environment);
  const code = 'raise' in signal ? signal.raise : signal.resolve;
  const place = { id: alertIdOf(environment, code, signal.subject), environment, subject: signal.subject };
  const command: AlertCommand =
    'raise' in signal
      ? { type: 'raise', code, message: signal.message, next: signal.next, source }
      : { type: 'resolve', reason: signal.reason, source };
  return changeAlert(deps, place, command, settings);
}

/** Throws AlertNotFoundError. One that is acknowledged or resolved already stays as it is. */
export async function acknowledgeAlert(
  deps: JournalDeps,
  id: string,
  { actor, note }: { readonly actor: string; readonly note: string },
): Promise<AlertState> {
  const { alert } = await loadAlert(deps, id);
  const { settings } = await loadAlertSettings(deps.store, alert.environment);
  return (await changeAlert(deps, alert, { type: 'acknowledge', actor, note }, settings)) ?? alert;
}

export async function loadAlert(deps: Pick<JournalDeps, 'store'>, id: string): Promise<{ alert: AlertState; item: Item }> {
  const item = await deps.store.read(alertKey(id));
  if (!item) throw alertNotFound(id);
  return { alert: readAlert(item), item };
}

/** Decides on the alert as it is, and again where another writer came between. */
export async function changeAlert(
  deps: JournalDeps,
  place: AlertPlace,
  command: AlertCommand,
  settings: AlertSettings,
): Promise<AlertState | undefined> {
  const { id, environment, subject } = place;
  const key = alertKey(id);
  for (let rivals = 0; rivals < RIVALS; rivals += 1) {
    const item = await deps.store.read(key);
    const alert = item && readAlert(item);
    const about = { place: { id, environment, subject }, settings, now: deps.clock.now() };
    const change = decideAlert(alert, command, about);
    if (!change) {
      // Whoever wrote it may have died before it told of it.
      await flushEvent(deps, item);
      return alert;
    }
    const written = await write(deps, item, change, id);
    if (!written.applied) continue;
    await flushEvent(deps, written.item);
    return readAlert(written.item);
  }
  throw new Error(`Other writers of alert ${id} kept coming between.`);
}

function write(deps: JournalDeps, item: Item | undefined, { event, set, remove }: AlertChange, id: string) {
  const key = alertKey(id);
  if (!item) {
    const draft = event ?? { type: 'alertRaised' as const };
    return create(deps, key, draft, 0, (all) => alertWrite('alert.create', id, { set: all }, ABSENT), {
      ...set,
      schemaVersion: 1,
    });
  }
  const when: Clause = { test: 'equals', attribute: 'rev', value: Number(item['rev']) };
  if (!event) return commit(deps, alertWrite('alert.change', id, { set, remove }, when));
  return transition(deps, item, event, { set, remove }, (all) => alertWrite('alert.change', id, all, when), 0);
}

const ABSENT: Clause = { test: 'absent', attribute: 'rev' };

const alertWrite = (name: string, id: string, change: Pick<Write, 'set' | 'remove'>, when: Clause): Write => ({
  name,
  key: alertKey(id),
  ...change,
  add: { rev: 1 },
  when: [when],
});
