import type { DeliveryView, WebhookView } from '../../shared/api/webhooks.ts';
import { moment } from './figures.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';
import { table } from './table.ts';

const EVENTS_SHOWN = 3;

export function webhookRows(webhooks: readonly WebhookView[], paint: Paint): string[] {
  const rows = webhooks.map(({ id, url, subscriber, customer, events, status }) => [
    id,
    status === 'enabled' ? paint.green(status) : paint.yellow(status),
    oneLine(subscriber),
    oneLine(customer ?? 'all'),
    events.length > EVENTS_SHOWN ? `${events.length} events` : events.join(', '),
    oneLine(url),
  ]);
  return table([['WEBHOOK', 'STATE', 'SUBSCRIBER', 'CUSTOMER', 'EVENTS', 'URL'].map(paint.dim), ...rows]);
}

/** With its secret, which nobody can be told again. */
export function secretReport({ id, url, secret, bothUntil }: WebhookView & { readonly secret: string }, paint: Paint): string[] {
  return [
    `${paint.bold(`Webhook ${id}`)} to ${oneLine(url)}`,
    `  secret  ${secret}`,
    '',
    'Keep it where the receiver finds it: it is not told again.',
    ...(bothUntil === undefined ? [] : [`Messages are signed by the secret before as well until ${moment(bothUntil)}.`]),
  ];
}

export function deliveryRows(deliveries: readonly DeliveryView[], paint: Paint): string[] {
  const rows = deliveries.map((delivery) => [
    delivery.id,
    painted(delivery.status, paint),
    delivery.type,
    moment(delivery.createdAt),
    String(delivery.attempts),
    outcome(delivery),
  ]);
  return table([['MESSAGE', 'STATE', 'EVENT', 'SINCE', 'ATTEMPTS', 'LAST'].map(paint.dim), ...rows]);
}

const painted = (status: DeliveryView['status'], paint: Paint): string =>
  ({ delivered: paint.green, pending: paint.yellow, dead: paint.red })[status](status);

function outcome({ lastAttempt, dueAt }: DeliveryView): string {
  const last = lastAttempt ? (lastAttempt.failed ?? `answered ${lastAttempt.status}`) : '';
  return dueAt === undefined ? last : `${last}${last === '' ? '' : '; '}again at ${moment(dueAt)}`;
}
