import { MalformedError, PreconditionFailedError } from '../../shared/api/api-errors.ts';
import { ENTITY_TAG } from '../../shared/api/entity-tag.ts';
import type { HttpEvent } from './http-event.ts';

/** A tag of what is edited begins with its revision; what follows is of the answer that it came with. */
const TAG = /^"(\d{1,12})\.[\w-]{22}"$/;

/**
 * The revision that a change is of: by `If-Match`, the tag of what its caller saw; 0 by `If-None-Match: *`, where nothing may be
 * there yet; else by the field `ifRev`, which must not say otherwise. The write itself is held to it.
 */
export function revisionSeen({ headers }: Pick<HttpEvent, 'headers'>, ifRev: number | undefined): number | undefined {
  const told = byHeaders(headers['if-match'], headers['if-none-match']);
  if (told === undefined || ifRev === undefined || ifRev === told) return told ?? ifRev;
  throw new MalformedError(`The request is for revision ${told} by its header, and for another by ifRev.`, {
    next: 'Send one of the two.',
  });
}

function byHeaders(match: string | undefined, noneMatch: string | undefined): number | undefined {
  if (match === undefined && noneMatch === undefined) return undefined;
  if (match === undefined && noneMatch?.trim() === '*') return 0;
  if (match === undefined || noneMatch !== undefined || !ENTITY_TAG.test(match.trim())) {
    throw new MalformedError('A change takes If-Match with one tag, or If-None-Match with *.', {
      next: 'Send If-Match with the etag of the answer that the change is of, as it is, in its quotes.',
    });
  }
  const [, rev] = TAG.exec(match.trim()) ?? [];
  if (rev !== undefined) return Number(rev);
  throw new PreconditionFailedError(`Nothing here has the tag ${match.slice(0, 100)}.`, {
    next: 'Read it again, and send If-Match with its etag as it is.',
  });
}
