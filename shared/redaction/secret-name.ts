/** What stands where a secret was. Redacting it again changes nothing. */
export const REDACTED = '[redacted]';

/** Ends of words that tell of a secret: `password`, `PGPASSWORD`, `authtoken`. */
const SECRET_END =
  /(?:password|passwd|passphrase|passcode|pwd|secret|token|credential|credentials|apikey|accesskey|secretkey|privatekey|accountkey|sharedkey|signingkey|encryptionkey|masterkey|cookie|authorization|connectionstring|sessionid)$/;
/** Whole words, too short to be looked for as ends of others. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  'pass',
  'otp',
  'pin',
  'dsn',
  'jwt',
  'bearer',
  'secrets',
  'tokens',
  'passwords',
]);
/** What is said about a secret and is none: `tokenCount`, `secretArn`, `passwordPolicy`. */
const ABOUT: ReadonlySet<string> = new Set(
  (
    'age algorithm arn at count enabled endpoint exists expires expiry field file header id ids index issuer kind length limit ' +
    'limits missing name names path policy prefix provider ref required rotated rotation rules set source state status stage ttl ' +
    'type uri url used valid version versions'
  ).split(' '),
);
/** Names of fields; anything else that is used as a key is data (`target:production/secret`, a path). */
const FIELD_NAME = /^[\w.$ -]{1,64}$/;

const judged = new Map<string, boolean>();
const REMEMBERED = 5000;

/** Whether a field, option, header or parameter of this name holds a secret. */
export function isSecretName(name: string): boolean {
  const known = judged.get(name);
  if (known !== undefined) return known;
  // Keys of data differ without end, and may be as long as one likes.
  if (!FIELD_NAME.test(name)) return false;
  const secret = judge(name);
  if (judged.size >= REMEMBERED) judged.clear();
  judged.set(name, secret);
  return secret;
}

function judge(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/\d+$/, ''))
    .filter((word) => word !== '');
  const last = words.at(-1);
  if (last === undefined || (words.length > 1 && ABOUT.has(last) && words.slice(-2).join('') !== 'sessionid')) return false;
  return words.some(
    (word, at) => SECRET_WORDS.has(word) || SECRET_END.test(word) || SECRET_END.test((words[at - 1] ?? '-') + word),
  );
}
