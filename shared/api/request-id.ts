const FORM = /^[\w.:-]{1,128}$/;

/** An id that a caller has given its request (`x-request-id`); undefined: none, or one that would not be fit for a log. */
export const readRequestId = (given: string | undefined): string | undefined =>
  given !== undefined && FORM.test(given) ? given : undefined;
