import { isSecretName, REDACTED } from './secret-name.ts';

/** A text without any of these names no secret. */
const HINT = /pass|pwd|secret|token|key|cred|cookie|auth|connection|session|otp|pin|dsn|jwt|bearer|sig|code/i;

/**
 * `name=`, `name: `, `"name":"`, also as JSON within JSON. A colon without a space or a quote after it is part of a name
 * (`secret:production/db`).
 */
const NAMED = /(?<![\w.$-])([\w.$-]{1,64})\\{0,8}["']?\s{0,4}(?:=(?!=)|:(?=[\s"'\\]))[ \t]{0,4}/g;
const QUOTED = /(\\*)(["'])/y;
/** To the white space, or what separates it from what comes next. */
const BARE = /[^\s"'`,;&<>]+/y;
/** `Cookie: a=1; sid=2`: any of them may be the secret. */
const COOKIES = /[^\s"'`,;&<>]+(?:; ?[^\s"'`,;&<>]+)*/y;

/** Names that mean a secret in a URL's query alone. */
const IN_QUERY: ReadonlySet<string> = new Set(['sig', 'signature', 'code', 'key', 'x-amz-signature', 'x-amz-credential', 'auth']);

/** Takes out the values of secret names in a text: JSON, YAML, assignments, query strings, connection strings, headers. */
export function redactNamed(text: string): string {
  if (!(text.includes('=') || text.includes(':')) || !HINT.test(text)) return text;
  NAMED.lastIndex = 0;
  let told = '';
  let at = 0;
  for (let found = NAMED.exec(text); found; found = NAMED.exec(text)) {
    const [, name = ''] = found;
    const inQuery = '?&#'.includes(text[found.index - 1] ?? '-') && IN_QUERY.has(name.toLowerCase());
    if (!inQuery && !isSecretName(name)) continue;
    const cookies = found[0].includes(':') && /cookie$/i.test(name);
    const [from, to] = valueAt(text, NAMED.lastIndex, cookies ? COOKIES : BARE);
    NAMED.lastIndex = to;
    if (to === from || isSchemeOnly(text, from, to)) continue;
    told += text.slice(at, from) + REDACTED;
    at = to;
  }
  return at === 0 ? text : told + text.slice(at);
}

/** Where the value begins and ends: a quoted one ends with the quote that began it, as often escaped. */
function valueAt(text: string, start: number, bare: RegExp): readonly [from: number, to: number] {
  QUOTED.lastIndex = start;
  const quoted = QUOTED.exec(text);
  if (quoted) {
    const end = closingQuote(text, QUOTED.lastIndex, quoted[1]?.length ?? 0, quoted[2] ?? '"');
    return [QUOTED.lastIndex, end];
  }
  bare.lastIndex = start;
  return [start, bare.exec(text) ? bare.lastIndex : start];
}

/** A quote with more backslashes before it belongs to the value. Without an end the value goes to the end of the text. */
function closingQuote(text: string, from: number, escapes: number, quote: string): number {
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 1)) {
    let slashes = 0;
    while (at - slashes > from && text[at - slashes - 1] === '\\') slashes += 1;
    if (slashes <= escapes) return at - slashes;
  }
  return text.length;
}

/** `authorization: Bearer ...`: what comes after the scheme has been looked at by itself. */
const isSchemeOnly = (text: string, from: number, to: number): boolean =>
  /^(?:bearer|basic|token|digest)$/i.test(text.slice(from, to)) && text[to] === ' ';
