import { expect, it } from 'vitest';
import { redactText } from '../../../../shared/redaction/redact-text.ts';
import { rememberSecret } from '../../../../shared/secrets/remember-secret.ts';

it.each([
  ['a password', '{"username":"orders","password":"zebra-7731"}', 'zebra-7731'],
  ['an API key', '{"service":"https://keys.example","key":"walrus-9912"}', 'walrus-9912'],
  ['a text', 'ostrich-4410', 'ostrich-4410'],
  ['what a connection string holds', 'postgres://orders:heron-8123@db.example/shop', 'heron-8123'],
  ['what is no JSON', '{plover-3345', '{plover-3345'],
])('lets %s out no more once it was read', (_what, text, credential) => {
  expect(redactText(`it said ${credential}`)).toContain(credential);
  rememberSecret(text);
  expect(redactText(`it said ${credential}`)).not.toContain(credential);
});

it('leaves the names of users and hosts alone', () => {
  rememberSecret('{"host":"db.example","username":"orders","password":"lapwing-2201","masterarn":"orders-master"}');
  expect(redactText('orders at db.example, by orders-master')).toBe('orders at db.example, by orders-master');
});
