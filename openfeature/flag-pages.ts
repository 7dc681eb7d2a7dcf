import type { FlagFeed } from '../shared/flags/flag-feed.ts';
import { joinFeeds } from '../shared/flags/join-feeds.ts';

export type FlagAnswer =
  | { readonly status: 'unchanged' }
  | { readonly status: 'changed'; readonly feed: FlagFeed; readonly etag: string | undefined }
  /** In a sentence. */
  | { readonly status: 'failed'; readonly reason: string };

interface FlagPage {
  readonly feed: FlagFeed;
  readonly etag: string | undefined;
}

type AskPage = (cursor: string | undefined, etag: string | undefined) => Promise<FlagAnswer>;

/** Far more than an environment has flags. */
const MOST_PAGES = 10_000;

/** The pages of an environment's flags, as they were read last: each is asked for by an ETag of its own. */
export class FlagPages {
  #etag: string | undefined;
  #known: ReadonlyMap<string | undefined, FlagPage> = new Map();

  /** All of them as one; `unchanged` where `etag` is what an earlier answer said, and no page has changed since. */
  async read(etag: string | undefined, ask: AskPage): Promise<FlagAnswer> {
    const isOwn = etag !== undefined && etag === this.#etag;
    const known = isOwn ? this.#known : new Map<string | undefined, FlagPage>();
    const pages = new Map<string | undefined, FlagPage>();
    let hasChanged = false;
    let cursor: string | undefined;
    do {
      const page = known.get(cursor);
      // Of flags from disk only the tag is known: where they are one page, it is that page's.
      const answer = await ask(cursor, page?.etag ?? (cursor === undefined && !isOwn ? singleTag(etag) : undefined));
      if (answer.status === 'failed') return answer;
      if (answer.status === 'unchanged' && !page) return answer;
      hasChanged ||= answer.status === 'changed';
      const now: FlagPage | undefined = answer.status === 'changed' ? answer : page;
      if (now) pages.set(cursor, now);
      cursor = now?.feed.cursor;
      const isEndless = cursor !== undefined && (pages.has(cursor) || pages.size >= MOST_PAGES);
      if (isEndless) return { status: 'failed', reason: 'The flags have no last page.' };
    } while (cursor !== undefined);
    if (!hasChanged) return { status: 'unchanged' };
    const [first, ...rest] = pages.values();
    if (!first) return { status: 'unchanged' };
    const feed = joinFeeds([first.feed, ...rest.map((one) => one.feed)]);
    this.#known = pages;
    this.#etag = [first, ...rest].every((one) => one.etag) ? [first, ...rest].map((one) => one.etag).join(' ') : undefined;
    return { status: 'changed', feed, etag: this.#etag };
  }
}

const singleTag = (etag: string | undefined): string | undefined => (etag?.includes(' ') ? undefined : etag);
