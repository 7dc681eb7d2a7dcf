import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactText } from '../../../../shared/redaction/redact-text.ts';
import { plantedSecrets } from './planted-secrets.ts';

describe('redactText', () => {
  it('knows fifty secrets', () => expect(plantedSecrets()).toHaveLength(50));

  it.each(plantedSecrets().map(({ what, secret, text }) => [what, secret, text]))('takes out a %s', (_what, secret, text) => {
    const told = redactText(text);
    expect(told).toContain('[redacted]');
    expect(told).not.toContain(secret);
    expect(told).not.toContain(JSON.stringify(secret).slice(1, -1));
  });

  it.each([
    ['postgres://app:hunter2@db:5432/main', 'postgres://app:[redacted]@db:5432/main'],
    ['postgres://app:p/w@rd@db/main', 'postgres://app:[redacted]@db/main'],
    ['user=ann password=x status=3', 'user=ann password=[redacted] status=3'],
    ['{"token":"a\\"b","n":1}', '{"token":"[redacted]","n":1}'],
    ['authorization: Bearer abcdef0123456789', 'authorization: Bearer [redacted]'],
    ['Authorization: abc', 'Authorization: [redacted]'],
    ['config: token=abc', 'config: token=[redacted]'],
    ['Cookie: theme=dark; sid=abc; lang=en\nHost: db', 'Cookie: [redacted]\nHost: db'],
    ['cookie=abc is old', 'cookie=[redacted] is old'],
    ['https://h/p?code=abc&x=1', 'https://h/p?code=[redacted]&x=1'],
  ])('leaves what is beside the secret: %s', (text, told) => expect(redactText(text)).toBe(told));

  it.each([
    'The bearer token is missing or wrong.',
    'bearer authentication and basic understanding',
    'secret:production/db is held by 01jd2ek0v0000000000000000a',
    'tokenCount=12 secretArn=arn:aws:secretsmanager:eu-central-1:123456789012:secret:db',
    'https://host:443/@scope/package',
    'functions/middleware/machine-function.ts:12',
    '3f786850e387550fdab836ed7e6dc881de23001b',
    'http://127.0.0.1:4400/v1/runs?limit=10&cursor=eyJwayI6IlJVTiMxIn0',
    '2026-01-01T00:00:00.000Z run 01jd2ek0v0000000000000000a failed: status: 500, step=3',
  ])('leaves what is no secret: %s', (text) => expect(redactText(text)).toBe(text));

  it('leaves the address of whoever did something where it is asked to', () => {
    expect(redactText('by ann@example.com', { people: true })).toBe('by ann@example.com');
  });

  it.each([
    ['Bearer password=A', 'Bearer password=[redacted]'],
    ['Bearer passwordtoken=it said', 'Bearer passwordtoken=[redacted] said'],
    ['Bearer abcdefg1[redacted]', 'Bearer [redacted][redacted]'],
  ])('takes the name of what is hidden for no credential: %s', (text, told) => {
    expect(redactText(text)).toBe(told);
    expect(redactText(told)).toBe(told);
  });

  it('changes nothing a second time', () => {
    const secret = fc.constantFrom(...plantedSecrets().map(({ text }) => text));
    const glue = fc.constantFrom(
      '',
      ' ',
      '"',
      '\\"',
      '=',
      ': ',
      '@',
      '://',
      ';',
      '\n',
      'password',
      'token=',
      '[redacted]',
      'Bearer ',
    );
    const text = fc.array(fc.oneof(secret, glue, fc.string()), { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (given) => {
        const once = redactText(given);
        expect(redactText(once)).toBe(once);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds a secret whatever stands around it', () => {
    const around = fc.string({ unit: fc.constantFrom(' ', 'a', '{', '\n', '"', ',', '(', ')', ':') });
    fc.assert(
      fc.property(fc.constantFrom(...plantedSecrets()), around, around, ({ secret, text }, before, after) => {
        expect(redactText(`${before} ${text} ${after}`)).not.toContain(secret);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    'a',
    '@',
    ':',
    '=',
    '"',
    '\\',
    '-',
    '.',
    'eyJ',
    'eyJ-',
    'a@',
    'a.',
    '://',
    'http://',
    'http://a:',
    '-----BEGIN PRIVATE KEY-----',
    'password',
    'password=',
    'password="',
    'password: \\"',
    'sk-',
    'SG.',
    'SG.aaaaaaaaaaaaaaaa.',
    'Bearer ',
    'Basic a',
    'AKIA',
    'key=',
    '?key=',
    'Ab1+',
    'eyJaaaaaaaa.',
    'ghp_',
    'xoxb-',
    'hooks.slack.com/services/',
    ' ',
    '\t',
  ])('takes time in proportion to the length: %j again and again', (part) => {
    const time = (length: number): number => {
      const text = part.repeat(Math.ceil(length / part.length));
      // Of the processor: what else runs on the machine takes none of it.
      const before = process.cpuUsage();
      redactText(text);
      return process.cpuUsage(before).user / 1000;
    };
    time(1000);
    const short = Math.min(time(20_000), time(20_000), time(20_000));
    const long = Math.min(time(200_000), time(200_000));
    // Quadratic time would be a hundred times as long; a quarter of a second is far from what one edge can bear.
    expect(long).toBeLessThan(Math.max(40 * short, 250));
  });
});
