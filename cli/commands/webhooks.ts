import { type Command, InvalidArgumentError, Option } from 'commander';
import { messageId, webhookId } from '../../shared/api/webhooks.ts';
import { type WebhookFormat, webhookFormat } from '../../shared/webhooks/message-body.ts';
import type { WebhookEvent } from '../../shared/webhooks/webhook-events.ts';
import { deliveryStatus, webhookEvent } from '../../shared/webhooks/webhook-state.ts';
import { EXIT } from '../exit-codes.ts';
import { parseEnvironment, parseWhole } from '../options.ts';
import { deliveryRows, secretReport, webhookRows } from '../render/webhook-report.ts';
import type { Session } from '../session.ts';

interface Where {
  readonly environment?: string;
}

interface AddOptions extends Where {
  readonly subscriber: string;
  readonly customer?: string;
  readonly event?: WebhookEvent[];
  readonly format: WebhookFormat;
}

interface DeliveriesOptions extends Where {
  readonly status?: 'pending' | 'delivered' | 'dead';
  readonly limit: number;
  readonly cursor?: string;
}

export function addWebhooks(program: Command, session: Session): Command {
  const webhooks = program.command('webhooks').description('who is told of runs and alerts by HTTP');
  inEnvironment(webhooks.command('list').description('list the webhooks of an environment'))
    .option('--subscriber <name>', 'only those of this subscriber')
    .option('--customer <name>', 'only those about this customer')
    .action((options: Where & { subscriber?: string; customer?: string }) => list(session, options));
  inEnvironment(webhooks.command('add <url>').description('add a webhook and tell its secret, this once'))
    .requiredOption('--subscriber <name>', 'whose it is, in your own words')
    .option('--customer <name>', 'nothing but what is about runs whose target has this name')
    .option('--event <type>', 'of these alone, such as run.failed; again for more', parseEvent)
    .addOption(new Option('--format <format>', 'how messages are written').choices(webhookFormat.options).default('standard'))
    .action(async (url: string, { event: events, ...options }: AddOptions) => {
      const client = await session.client();
      session.result(await client.call('add-webhook', { url, ...options, ...(events && { events }) }), secretReport);
    });
  addDeliveries(webhooks, session);
  inEnvironment(webhooks.command('rotate <id>').description('give it a new secret; the old one signs as well for a day')).action(
    async (id: string, { environment }: Where) => {
      const client = await session.client();
      session.result(await client.call('rotate-webhook', { webhookId: parseId(id), environment }), secretReport);
    },
  );
  inEnvironment(webhooks.command('remove <id>').description('send it nothing more')).action(
    async (id: string, { environment }: Where) => {
      const client = await session.client();
      const removed = await client.call('remove-webhook', { webhookId: parseId(id), environment });
      session.result(removed, ({ id }) => [`Webhook ${id} is removed; what was on its way is not sent any more.`]);
    },
  );
  return webhooks;
}

const inEnvironment = (command: Command): Command =>
  command.option('--environment <name>', "where (default: the control plane's own)", parseEnvironment);

function addDeliveries(webhooks: Command, session: Session): void {
  inEnvironment(webhooks.command('test <id>').description('send it a message that tells of nothing')).action(
    async (id: string, { environment }: Where) => {
      const client = await session.client();
      tellOutcome(session, await client.call('test-webhook', { webhookId: parseId(id), environment }));
    },
  );
  inEnvironment(webhooks.command('replay <id> <message>').description('send it a message once more')).action(
    async (id: string, message: string, { environment }: Where) => {
      const client = await session.client();
      const which = { webhookId: parseId(id), messageId: parseMessage(message), environment };
      tellOutcome(session, await client.call('replay-delivery', which));
    },
  );
  inEnvironment(webhooks.command('deliveries <id>').description('list the messages to it, newest first'))
    .addOption(new Option('--status <status>', 'only those').choices(deliveryStatus.options))
    .option('--limit <count>', 'look at most at so many', parseWhole(1, 1000), 50)
    .option('--cursor <cursor>', 'go on after an earlier page')
    .action(async (id: string, options: DeliveriesOptions) => {
      const client = await session.client();
      const page = await client.call('list-deliveries', { webhookId: parseId(id), ...options });
      session.result(page, ({ deliveries, cursor }, paint) => [
        ...(deliveries.length === 0 ? ['There are no such messages.'] : deliveryRows(deliveries, paint)),
        ...session.more(['webhooks', 'deliveries', id], options, cursor),
      ]);
    });
}

/** What did not arrive fails the command. */
function tellOutcome(session: Session, delivery: Parameters<typeof deliveryRows>[0][number]): void {
  session.result(delivery, (safe, paint) => deliveryRows([safe], paint));
  if (delivery.status !== 'delivered') session.exitCode = EXIT.error;
}

async function list(session: Session, options: Where & { subscriber?: string; customer?: string }): Promise<void> {
  const client = await session.client();
  const found = await client.call('list-webhooks', options);
  const example = session.commandLine('webhooks', 'add', 'https://example.com/in', '--subscriber', 'NAME');
  session.result(found, ({ webhooks }, paint) =>
    webhooks.length === 0 ? ['There are no such webhooks.', `Add one: ${example}`] : webhookRows(webhooks, paint),
  );
}

function parseEvent(text: string, before: readonly WebhookEvent[] = []): WebhookEvent[] {
  const parsed = webhookEvent.safeParse(text);
  if (parsed.success) return [...before, parsed.data];
  throw new InvalidArgumentError(`It must be one of ${webhookEvent.options.join(', ')}.`);
}

const parseId = (text: string): string =>
  parsed(webhookId.safeParse(text).success, text, 'a webhook: 26 characters of 0-9 and a-z');
const parseMessage = (text: string): string =>
  parsed(messageId.safeParse(text).success, text, 'a message: msg_ and 29 characters');

function parsed(fits: boolean, text: string, what: string): string {
  if (fits) return text;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is not the id of ${what}.`);
}
