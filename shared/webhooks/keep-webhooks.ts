import { RevisionError, WebhookInvalidError, webhookNotFound } from '../errors/told-errors.ts';
import type { EventType } from '../ports/events.ts';
import type { Clause, Item, Key, Store, Value } from '../ports/store.ts';
import { create, flushEvent, type JournalDeps, transition } from '../run/journal.ts';
import { readAll } from '../run/read-all.ts';
import type { WebhookFormat } from './message-body.ts';
import type { WebhookEvent } from './webhook-events.ts';
import { readWebhook, WEBHOOKS, type WebhookState, webhookKey } from './webhook-state.ts';

export interface NewWebhook {
  readonly environment: string;
  readonly url: string;
  readonly subscriber: string;
  readonly customer?: string | undefined;
  readonly events: readonly WebhookEvent[];
  readonly format: WebhookFormat;
  readonly actor: string;
}

/** How long the secret before is valid after a rotation, ms. */
const OVERLAP = 24 * 3600 * 1000;
/** Of one environment: every event is written once for each that wants it. */
const MOST = 100;

/** Throws WebhookInvalidError where the environment has too many. */
export async function addWebhook(deps: JournalDeps, { actor, customer, events, ...given }: NewWebhook): Promise<WebhookState> {
  const { environment, subscriber } = given;
  if ((await listWebhooks(deps.store, environment)).length >= MOST) {
    throw new WebhookInvalidError(`${environment} has ${MOST} webhooks already.`, {
      next: 'slipway webhooks list, then remove one that nobody needs.',
    });
  }
  const id = deps.ids.next();
  const set = {
    ...given,
    ...(customer === undefined ? {} : { customer }),
    id,
    events: [...new Set(events)],
    generation: 1,
    createdAt: deps.clock.now(),
    createdBy: actor,
    listing: WEBHOOKS,
    listingSort: `${environment}#${id}`,
    schemaVersion: 1,
  };
  const data = { id, environment, subscriber, host: new URL(given.url).host, events: set.events };
  const key = webhookKey(id);
  const draft = { type: 'webhookAdded' as const, actor, data };
  const written = await create(deps, key, draft, 0, (all) => writeOf('webhook.add', key, { set: all }, ABSENT), set);
  if (!written.applied) throw changedMeanwhile(id);
  await flushEvent(deps, written.item);
  return readWebhook(written.item);
}

/** Throws WebhookNotFoundError, also for one that was removed, or is of another environment. */
export async function loadWebhook(store: Store, environment: string, id: string): Promise<WebhookState> {
  return readWebhook(await load(store, environment, id));
}

async function load(store: Store, environment: string, id: string): Promise<Item> {
  const item = await store.read(webhookKey(id));
  if (!item || item['removed'] === true || item['environment'] !== environment) throw webhookNotFound(id);
  return item;
}

/** Those of an environment, or all; each as it is now, and known to the list within moments. */
export async function listWebhooks(store: Store, environment?: string): Promise<readonly WebhookState[]> {
  const keys: Key[] = [];
  const prefix = environment === undefined ? '' : `${environment}#`;
  let cursor: string | undefined;
  do {
    const page = await store.listIndex('listing', WEBHOOKS, { prefix, ...(cursor === undefined ? {} : { cursor }) });
    keys.push(...page.items.map(({ pk, sk }) => ({ pk, sk })));
    cursor = page.cursor;
  } while (cursor !== undefined);
  const items = await readAll(store, keys);
  return items.filter((item) => item !== undefined && item['removed'] !== true).map((item) => readWebhook(item as Item));
}

/** Who changes which webhook. */
export interface WebhookCommand {
  readonly environment: string;
  readonly id: string;
  readonly actor: string;
}

/** From now on messages are signed by a new secret, and for a day by the one before as well. */
export const rotateWebhook = (deps: JournalDeps, command: WebhookCommand): Promise<WebhookState> =>
  change(deps, command, 'webhookRotated', ({ generation }) => ({
    set: { generation: generation + 1, oldUntil: deps.clock.now() + OVERLAP },
  }));

export const disableWebhook = (deps: JournalDeps, command: WebhookCommand, reason: string): Promise<WebhookState> =>
  change(deps, command, 'webhookDisabled', () => ({ set: { disabled: reason }, data: { reason } }));

export const enableWebhook = (deps: JournalDeps, command: WebhookCommand): Promise<WebhookState> =>
  change(deps, command, 'webhookEnabled', () => ({ remove: ['disabled'] }));

/** Nothing more is sent to it; what was on its way goes with it. */
export const removeWebhook = (deps: JournalDeps, command: WebhookCommand): Promise<WebhookState> =>
  change(deps, command, 'webhookRemoved', () => ({ set: { removed: true }, remove: ['listing', 'listingSort'] }));

interface WebhookChange {
  readonly set?: { readonly [attribute: string]: Value };
  readonly remove?: readonly string[];
  readonly data?: { readonly [name: string]: Value };
}

async function change(
  deps: JournalDeps,
  { environment, id, actor }: WebhookCommand,
  type: EventType,
  decide: (webhook: WebhookState) => WebhookChange,
): Promise<WebhookState> {
  const item = await load(deps.store, environment, id);
  const { data, ...changed } = decide(readWebhook(item));
  const when: Clause = { test: 'equals', attribute: 'rev', value: Number(item['rev']) };
  const draft = { type, actor, data: { id, environment, ...data } };
  const written = await transition(deps, item, draft, changed, (all) => writeOf('webhook.change', item, all, when), 0);
  if (!written.applied) throw changedMeanwhile(id);
  await flushEvent(deps, written.item);
  return readWebhook(written.item);
}

const ABSENT: Clause = { test: 'absent', attribute: 'rev' };
const writeOf = (name: string, { pk, sk }: Key, all: Omit<WebhookChange, 'data'>, when: Clause) => ({
  name,
  key: { pk, sk },
  ...all,
  add: { rev: 1 },
  when: [when],
});

const changedMeanwhile = (id: string): RevisionError =>
  new RevisionError(`The webhook ${id} was changed meanwhile.`, { next: 'Look at it, then try again.' });
