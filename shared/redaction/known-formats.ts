import { entropyOf } from './entropy.ts';
import { REDACTED } from './secret-name.ts';

export interface TextRules {
  /** Addresses of people stay: it names who did something. */
  readonly people?: boolean;
  /** What only looks like a key stays: it is a digest or a position in a list. */
  readonly opaque?: boolean;
}

/**
 * Every pattern is linear: it begins where a run of its own characters begins (so never inside one), and has no quantifier within
 * another over the same characters.
 */
interface Format {
  /** Parts of which one is in every text that it fits. */
  readonly hints: readonly string[];
  readonly pattern: RegExp;
  /** No shorter text fits it. */
  readonly shortest?: number;
  readonly replace: (match: string, ...groups: string[]) => string;
}

const whole = (): string => REDACTED;

const PEM: Format = {
  hints: ['PRIVATE KEY'],
  // One that was cut off is a secret to the end of the text.
  pattern: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,60}-----|$)/g,
  replace: whole,
};

const USER_INFO: Format = {
  hints: ['://'],
  // `scheme://user:password@host`: a password may hold slashes and at signs; a port before a path is none.
  pattern: /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/@"'<>]{0,128}):(?!\d{1,5}[/?#])([^\s"'<>]{1,512})@/gi,
  replace: (_match, before) => `${before}:${REDACTED}@`,
};

const TOKEN_AS_USER: Format = {
  hints: ['://'],
  pattern: /(:\/\/)[^\s:/@"'<>[\]]{16,512}@/g,
  replace: (_match, before) => `${before}${REDACTED}@`,
};

/** Tokens that their makers mark with a prefix. */
const PREFIXED: Format = {
  shortest: 16,
  hints: [
    'AKIA',
    'ASIA',
    'ABIA',
    'ACCA',
    'IQoJ',
    'FwoG',
    'FQoG',
    'gh',
    'github_pat_',
    'glpat-',
    'xox',
    'xapp-',
    '_live_',
    '_test_',
    'npm_',
    'pypi-',
    'AIza',
    'GOCSPX-',
    'SG.',
    'sk-',
    'whsec_',
    'hvs.',
    'dop_v1_',
    'slipway_',
    'eyJ',
  ],
  pattern: new RegExp(
    `(?<![\\w-])(?:${[
      '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])',
      '(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/=_-]{60,}',
      '(?:gh[pousr]|github_pat)_\\w{20,}',
      'glpat-[\\w-]{16,}',
      '(?:xox[a-z]|xapp)-[\\w-]{10,}',
      '(?:sk|rk|pk)_(?:live|test)_\\w{10,}',
      'npm_[A-Za-z0-9]{30,}',
      'pypi-[\\w-]{30,}',
      'AIza[\\w-]{30,}',
      'GOCSPX-[\\w-]{20,}',
      'SG\\.[\\w-]{16,64}\\.[\\w-]{16,64}',
      'sk-[\\w-]{20,}',
      'whsec_[A-Za-z0-9+/=_-]{16,}',
      'hvs\\.[\\w-]{20,}',
      'dop_v1_[0-9a-f]{40,}',
      'slipway_[a-z]{1,12}_[\\w-]{20,}',
      // JWT and JWE: the parts after the header may be empty.
      'eyJ[\\w-]{8,}\\.[\\w-]*\\.[\\w-]*(?:\\.[\\w-]*){0,2}',
    ].join('|')})`,
    'g',
  ),
  replace: whole,
};

const SCHEME: Format = {
  hints: ['earer ', 'EARER ', 'asic ', 'ASIC ', 'oken ', 'igest ', 'AWS4-HMAC'],
  pattern: /(?<![\w-])(bearer|basic|token|digest|aws4-hmac-sha256)([ ]{1,3})([\w.~+/=-]{8,})(\[redacted\])?/gi,
  replace: (match, scheme = '', space = '', value = '', hidden = '') =>
    isCredential(scheme, value, hidden) ? `${scheme}${space}${REDACTED}${hidden}` : match,
};

/** Prose says "bearer authentication" and "basic understanding"; and `password=` before what is hidden is its name. */
function isCredential(scheme: string, value: string, hidden: string): boolean {
  if (/^basic$/i.test(scheme)) return Buffer.from(value, 'base64').includes(':');
  return /\d|[a-z][A-Z]/.test(value) || (hidden === '' && value.endsWith('=')) || value.length >= 24;
}

const SLACK_HOOK: Format = {
  hints: ['hooks.slack.com', 'discord'],
  pattern: /((?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/webhooks)\/)[\w/-]{8,}/g,
  replace: (_match, before) => `${before}${REDACTED}`,
};

const AWS_SECRET: Format = {
  hints: [],
  shortest: 40,
  // 40 characters of base64 and no more; a path or a word of that length holds less.
  pattern: /(?<![A-Za-z0-9+/=_.-])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=_-])/g,
  replace: (match) =>
    /[a-z]/.test(match) && /[A-Z]/.test(match) && /\d/.test(match) && entropyOf(match) > 4.3 ? REDACTED : match,
};

const EMAIL: Format = {
  hints: ['@'],
  pattern: /(?<![\w.%+-])[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,6}\.[A-Za-z]{2,24}(?![\w-])/g,
  replace: whole,
};

const FORMATS = [PEM, USER_INFO, TOKEN_AS_USER, PREFIXED, SCHEME, SLACK_HOOK];

const applied = (text: string, { hints, pattern, replace, shortest = 0 }: Format): string =>
  text.length < shortest || (hints.length > 0 && !hints.some((hint) => text.includes(hint)))
    ? text
    : text.replace(pattern, replace);

/** Takes out what is a secret by its form alone. */
export function redactFormats(text: string, { people = false, opaque = false }: TextRules): string {
  const marked = FORMATS.reduce(applied, text);
  const keyless = opaque ? marked : applied(marked, AWS_SECRET);
  return people ? keyless : applied(keyless, EMAIL);
}
