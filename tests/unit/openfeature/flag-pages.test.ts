import { describe, expect, it } from 'vitest';

import { type FlagAnswer, FlagPages } from '../../../openfeature/flag-pages.ts';

const feed = (keys: readonly string[], cursor?: string) => ({
  ...{ environment: 'production', rev: keys.length, flags: { flags: Object.fromEntries(keys.map((key) => [key, {}])) } },
  ...(cursor === undefined ? {} : { cursor }),
});

/** A control plane with these pages; the tag of one is its text. */
class Pages {
  readonly asked: (readonly [cursor: string | undefined, etag: string | undefined])[] = [];
  pages: Record<string, ReturnType<typeof feed>>;

  constructor(pages: Record<string, ReturnType<typeof feed>>) {
    this.pages = pages;
  }

  readonly ask = async (cursor: string | undefined, etag: string | undefined): Promise<FlagAnswer> => {
    this.asked.push([cursor, etag]);
    const page = this.pages[cursor ?? ''];
    if (!page) return { status: 'failed', reason: 'The flags answered 500.' };
    const tag = tagOf(page);
    return etag === tag ? { status: 'unchanged' } : { status: 'changed', feed: page, etag: tag };
  };
}

const tagOf = (page: object): string => `"${Buffer.from(JSON.stringify(page)).toString('base64url')}"`;
const keysOf = (answer: FlagAnswer): string[] =>
  answer.status === 'changed' ? Object.keys((answer.feed.flags as { flags: object }).flags) : [];
const tag = (answer: FlagAnswer): string | undefined => (answer.status === 'changed' ? answer.etag : undefined);

describe('FlagPages', () => {
  it('joins the pages, and asks for each by its own tag from then on', async () => {
    const plane = new Pages({ '': feed(['a', 'b'], 'b'), b: feed(['c']) });
    const flags = new FlagPages();
    const first = await flags.read(undefined, plane.ask);
    expect(first).toMatchObject({ status: 'changed', feed: { rev: 3 } });
    expect(keysOf(first)).toEqual(['a', 'b', 'c']);
    expect(await flags.read(tag(first), plane.ask)).toEqual({ status: 'unchanged' });
    plane.pages['b'] = feed(['c', 'd']);
    const second = await flags.read(tag(first), plane.ask);
    expect(keysOf(second)).toEqual(['a', 'b', 'c', 'd']);
    expect(plane.asked.at(-2)?.[1]).toBe(tagOf(feed(['a', 'b'], 'b')));
    expect(await flags.read(tag(second), plane.ask)).toEqual({ status: 'unchanged' });
  });

  it('reads a page that came to be, and forgets one that is gone', async () => {
    const plane = new Pages({ '': feed(['a']) });
    const flags = new FlagPages();
    const one = await flags.read(undefined, plane.ask);
    plane.pages = { '': feed(['a', 'b'], 'b'), b: feed(['c']) };
    const two = await flags.read(tag(one), plane.ask);
    expect(keysOf(two)).toEqual(['a', 'b', 'c']);
    plane.pages = { '': feed(['a', 'b', 'c']) };
    expect(keysOf(await flags.read(tag(two), plane.ask))).toEqual(['a', 'b', 'c']);
  });

  it('reads everything anew without a tag, and by a tag of other flags', async () => {
    const plane = new Pages({ '': feed(['a'], 'a'), a: feed(['b']) });
    const flags = new FlagPages();
    const first = await flags.read(undefined, plane.ask);
    for (const etag of [undefined, '"of" "others"']) expect(keysOf(await flags.read(etag, plane.ask))).toEqual(['a', 'b']);
    expect(plane.asked.map(([, etag]) => etag)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
    expect(await new FlagPages().read(tag(first), plane.ask)).toMatchObject({ status: 'changed' });
  });

  it('knows flags from disk by the tag of their only page', async () => {
    const plane = new Pages({ '': feed(['a']) });
    expect(await new FlagPages().read(tagOf(feed(['a'])), plane.ask)).toEqual({ status: 'unchanged' });
  });

  it('keeps what it knows where a page cannot be read, and gives up where there is no last one', async () => {
    const plane = new Pages({ '': feed(['a'], 'a'), a: feed(['b']) });
    const flags = new FlagPages();
    const first = await flags.read(undefined, plane.ask);
    const { a, ...rest } = plane.pages;
    plane.pages = rest;
    expect(await flags.read(tag(first), plane.ask)).toMatchObject({ status: 'failed' });
    plane.pages = { ...rest, a: a ?? feed([]) };
    expect(await flags.read(tag(first), plane.ask)).toEqual({ status: 'unchanged' });
    plane.pages = { '': feed(['a'], 'a'), a: feed(['b'], 'a') };
    expect(await flags.read(tag(first), plane.ask)).toEqual({ status: 'failed', reason: 'The flags have no last page.' });
  });
});
