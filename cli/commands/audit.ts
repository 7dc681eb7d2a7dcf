import type { Command } from 'commander';
import type { VerifiedItem } from '../../shared/api/audit-endpoints.ts';
import { UsageError } from '../cli-errors.ts';
import { EXIT } from '../exit-codes.ts';
import { parseWhole } from '../options.ts';
import { moment } from '../render/figures.ts';
import { oneLine } from '../render/printable.ts';
import { table } from '../render/table.ts';
import type { Session } from '../session.ts';

interface AuditOptions {
  readonly last: number;
  readonly actor?: string;
  readonly type?: string;
  readonly cursor?: string;
  readonly verify?: boolean;
  readonly month?: string;
  readonly of?: string;
}

export const addAudit = (program: Command, session: Session): Command =>
  program
    .command('audit')
    .description('tell who did what, in all runs and flags and what was refused, the latest first')
    .option('--last <count>', 'at most so many', parseWhole(1, 1000), 20)
    .option('--actor <name>', 'only what this one did')
    .option('--type <type>', 'only events of this type, such as flagPut or accessDenied')
    .option('--cursor <cursor>', 'go on after an earlier page')
    .option('--verify', 'follow the hash chains instead: has anything been changed or taken away?')
    .option('--month <month>', 'with --verify: whatever has an event in it, such as 2026-11 (default: this month)')
    .option('--of <item>', 'with --verify: this item alone, as the list names it')
    .action(async ({ last: limit, actor, type, cursor, verify, month, of }: AuditOptions) => {
      if (verify) return verifyChains(session, { month, of });
      if ((month ?? of) !== undefined) throw new UsageError('--month and --of go with --verify.', { next: 'Add --verify.' });
      const client = await session.client();
      const page = await client.call('list-audit', { limit, actor, type, cursor });
      session.result(page, ({ entries, cursor: next }, paint) => {
        const rows = entries.map((one) => [moment(one.at), oneLine(one.actor), one.type, one.environment ?? '', one.of]);
        return [
          ...(rows.length === 0 ? ['Nothing was found.'] : table([['AT', 'BY', 'WHAT', 'WHERE', 'OF'].map(paint.dim), ...rows])),
          ...session.more(['audit'], { last: limit, actor, type }, next),
        ];
      });
    });

async function verifyChains(session: Session, asked: { readonly month: string | undefined; readonly of: string | undefined }) {
  const client = await session.client();
  // What has events on several pages is told with each.
  const found = new Map<string, VerifiedItem>();
  let cursor: string | undefined;
  do {
    const page = await client.call('verify-audit', { ...asked, cursor });
    for (const item of page.items) found.set(item.of, item);
    cursor = page.cursor;
  } while (cursor !== undefined);
  const items = [...found.values()];
  const broken = items.filter((item) => item.broken.length > 0);
  const events = items.reduce((sum, item) => sum + item.events, 0);
  if (broken.length > 0) session.exitCode = EXIT.error;
  session.result({ items: items.length, events, broken }, (told, paint) => {
    const counted = `${told.items} items with ${told.events} events were verified`;
    if (told.broken.length === 0) return [`${counted}: every chain is whole.`];
    const rows = told.broken.flatMap(({ of, broken: at }) =>
      at.map(({ item, rev }) => [oneLine(of), oneLine(item), String(rev)]),
    );
    return [`${counted}. Broken, from the revision on:`, ...table([['OF', 'ITEM', 'REVISION'].map(paint.dim), ...rows])];
  });
}
