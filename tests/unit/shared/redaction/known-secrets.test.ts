import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { KnownSecrets } from '../../../../shared/redaction/known-secrets.ts';

const hiding = (secret: string | Uint8Array, text: string): string => {
  const known = new KnownSecrets();
  known.add(secret);
  return known.hide(text);
};

describe('KnownSecrets', () => {
  it('hides a value in every form in which it is passed on', () => {
    const sendable = fc
      .string({ unit: 'binary', minLength: 6, maxLength: 40 })
      .filter((text) => text.trim().length >= 6 && text.isWellFormed());
    fc.assert(
      fc.property(sendable, (secret) => {
        const forms = [
          secret,
          JSON.stringify(secret).slice(1, -1),
          encodeURIComponent(secret),
          new URLSearchParams({ a: secret }).toString().slice(2),
          Buffer.from(secret).toString('base64'),
          Buffer.from(secret).toString('base64url'),
          Buffer.from(secret).toString('hex'),
        ];
        const known = new KnownSecrets();
        known.add(secret);
        for (const form of forms) expect(known.hide(`<<<${form}>>>`)).toBe('<<<[redacted]>>>');
      }),
    );
  });

  it('takes from an environment what is called a secret, but not where the shell stands', () => {
    const known = new KnownSecrets();
    known.addEnvironment({ PWD: '/home/ann/plans', OLDPWD: '/home/ann/before', DB_PWD: 'correct-horse', HOME: '/home/ann' });
    expect(known.hide('/home/ann/plans/plan.yaml correct-horse')).toBe('/home/ann/plans/plan.yaml [redacted]');
    expect(known.hide('/home/ann/before')).toBe('/home/ann/before');
  });

  it.each(['', 'u', 'us', 'usr:'])('hides it within longer base64, after %j', (before) => {
    const encoded = Buffer.from(`${before}correct-horse-battery after`).toString('base64');
    expect(Buffer.from(hiding('correct-horse-battery', encoded).replace('[redacted]', ''), 'base64').toString()).not.toContain(
      'horse',
    );
  });

  it('hides bytes that are no text', () => {
    const key = Uint8Array.from({ length: 32 }, (_, at) => (at * 37 + 200) % 256);
    expect(hiding(key, `key ${Buffer.from(key).toString('base64')} or ${Buffer.from(key).toString('hex')}`)).toBe(
      'key [redacted] or [redacted]',
    );
  });

  it('hides each of many, wherever they stand', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-', 'é', '"'), minLength: 4, maxLength: 9 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), fc.array(fc.nat(40), { maxLength: 30 }), (secrets, order) => {
        const known = new KnownSecrets();
        for (const secret of secrets) known.add(secret);
        const hidden = known.hide(order.map((at) => secrets[at] ?? 'xyz').join(order.length % 2 === 0 ? '' : '/'));
        for (const secret of secrets) expect(hidden).not.toContain(secret);
      }),
    );
  });

  it('looks at few of them, however many there are', () => {
    const known = new KnownSecrets();
    for (let at = 0; at < 1000; at += 1) known.add(`${((at * 2_654_435_761) % 2 ** 32).toString(36).padStart(7, 'q')}-secret`);
    const looks = [vi.spyOn(String.prototype, 'includes'), vi.spyOn(String.prototype, 'startsWith')];
    try {
      known.hide('The run 01m823zk1eq5hjzbw2awyg3bgj of the plan cities succeeded after 12 steps.');
      expect(looks.reduce((sum, { mock }) => sum + mock.calls.length, 0)).toBeLessThan(50);
    } finally {
      for (const look of looks) look.mockRestore();
    }
  });

  it('hides the longer of two that begin alike', () => {
    const known = new KnownSecrets();
    known.add('hunter22');
    known.add('hunter22-and-more');
    expect(known.hide('a hunter22-and-more b')).toBe('a [redacted] b');
  });

  it('does not take a value that would be found everywhere', () => {
    const known = new KnownSecrets();
    expect([known.add('a'), known.add(''), known.add('      '), known.add('redacted')]).toEqual([false, false, false, false]);
    expect(known.hide('a cat [redacted]')).toBe('a cat [redacted]');
  });
});
