import { seededRandom } from '../../../../bench/seeded-random.ts';

export interface Planted {
  readonly what: string;
  /** What must not be found in what comes out. */
  readonly secret: string;
  /** A text that holds it, as it is met. */
  readonly text: string;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Fifty secrets of every known format, and of none with a name beside them; the same for the same seed. */
export function plantedSecrets(seed = 7): readonly Planted[] {
  const random = seededRandom(seed);
  const some = (length: number, letters = LETTERS): string =>
    Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('');
  const upper = (length: number) => some(length, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567');
  const hex = (length: number) => some(length, '0123456789abcdef');
  const plain = (what: string, secret: string): Planted => ({ what, secret, text: `it said ${secret} and ended` });
  const within = (what: string, secret: string, text: string): Planted => ({ what, secret, text });
  const named = (what: string, name: string, secret: string): Planted => within(what, secret, `${name}=${secret}`);
  const jwt = () => `eyJ${some(20)}.eyJ${some(40)}.${some(43)}`;
  const pem = (kind: string) => {
    const body = `${some(64)}\n${some(64)}`;
    return within(`${kind} key`, body, `-----BEGIN ${kind}PRIVATE KEY-----\n${body}\n-----END ${kind}PRIVATE KEY-----`);
  };
  const connection = (scheme: string) => {
    const password = `${some(9)}!${some(3)}`;
    return within(`${scheme} connection`, password, `connecting to ${scheme}://app:${password}@db.internal:5432/main failed`);
  };
  const json = (name: string) => {
    const secret = some(18);
    return within(`${name} in JSON`, secret, `sent ${JSON.stringify({ user: 'ann', [name]: secret })}`);
  };
  const basic = Buffer.from(`user:${some(14)}`).toString('base64');
  const bearer = some(32);
  const nested = some(20);
  const yaml = some(16);
  const query = some(24);
  const signature = hex(64);
  const hook = `T${upper(8)}/B${upper(8)}/${some(24)}`;
  const quoted = `${some(6)} ${some(6)}`;
  const ado = some(15);
  const escaped = `${some(5)}"${some(5)}\\${some(5)}`;
  return [
    plain('AWS access key id', `AKIA${upper(16)}`),
    plain('AWS temporary access key id', `ASIA${upper(16)}`),
    plain('AWS secret access key', `${some(20)}+${some(18)}/`.replace(/^../, 'aB').replace(/.{2}$/, '9/')),
    named('AWS secret access key by name', 'AWS_SECRET_ACCESS_KEY', some(40)),
    plain('AWS session token', `IQoJb3JpZ2lu${some(200)}`),
    plain('older AWS session token', `FwoGZXIvYXdz${some(200)}`),
    plain('JWT', jwt()),
    plain('JWT in brackets', jwt()),
    within('encrypted JWT', 'eyJhbGciOiJkaXIifQ', `token eyJhbGciOiJkaXIifQ..${some(16)}.${some(30)}.${some(22)}`),
    pem(''),
    pem('RSA '),
    pem('EC '),
    pem('OPENSSH '),
    pem('ENCRYPTED '),
    connection('postgres'),
    connection('mysql'),
    connection('mongodb+srv'),
    connection('redis'),
    connection('amqps'),
    connection('https'),
    within('connection string with parts', ado, `Server=db;Database=main;User Id=app;Password=${ado};Encrypt=true`),
    within('bearer header', bearer, `authorization: Bearer ${bearer}`),
    within('basic header', basic, `Authorization: Basic ${basic}`),
    plain('email', `${some(8)}.${some(6)}@example.com`),
    plain('email with a tag', `${some(8)}+${some(4)}@mail.example.co.uk`),
    ...['ghp', 'gho', 'ghs'].map((kind) => plain(`GitHub ${kind}`, `${kind}_${some(36)}`)),
    plain('GitHub fine-grained token', `github_pat_${some(22)}_${some(59)}`),
    plain('GitLab token', `glpat-${some(20)}`),
    plain('Slack bot token', `xoxb-${some(11, '0123456789')}-${some(24)}`),
    plain('Slack app token', `xapp-1-${some(11)}-${some(30)}`),
    within('Slack webhook', hook, `posting to https://hooks.slack.com/services/${hook}`),
    plain('Stripe key', `sk_live_${some(24)}`),
    plain('Stripe restricted key', `rk_test_${some(24)}`),
    plain('webhook secret', `whsec_${some(32)}`),
    plain('npm token', `npm_${some(36)}`),
    plain('Google API key', `AIza${some(35)}`),
    plain('SendGrid key', `SG.${some(22)}.${some(43)}`),
    json('password'),
    json('clientSecret'),
    json('api_key'),
    within('password within nested JSON', nested, JSON.stringify({ body: JSON.stringify({ password: nested }) })),
    within('YAML password', yaml, `database:\n  password: ${yaml}\n  user: app`),
    within('token in a query', query, `GET https://api.example.com/v1?page=2&access_token=${query}&sort=up`),
    within('signature of a URL', signature, `https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=${signature}`),
    within('quoted password', quoted, `mysql --password="${quoted}" main`),
    named('password of PostgreSQL', 'PGPASSWORD', some(12)),
    named('token of a registry', 'NODE_AUTH_TOKEN', some(20)),
    within('password with quotes', escaped, `{"password":${JSON.stringify(escaped)}}`),
  ];
}
