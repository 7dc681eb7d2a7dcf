import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownSecrets } from '../../../../shared/redaction/known-secrets.ts';
import { redact } from '../../../../shared/redaction/redact.ts';
import { plantedSecrets } from './planted-secrets.ts';

describe('redact', () => {
  it('takes out what secret names hold, and keeps the shape', () => {
    expect(
      redact({
        user: 'ann',
        password: 'x',
        pin: 1234,
        credentials: { id: 'a', keys: ['b'] },
        tokenCount: 3,
        passwordSet: true,
        none: null,
      }),
    ).toEqual({
      user: 'ann',
      password: '[redacted]',
      pin: '[redacted]',
      credentials: { id: '[redacted]', keys: ['[redacted]'] },
      tokenCount: 3,
      passwordSet: true,
      none: null,
    });
  });

  it('looks into a list of things that have to do with secrets', () => {
    expect(redact({ secrets: [{ name: 'db', value: 'x', password: 'y' }], tokens: ['a', 'b'] })).toEqual({
      secrets: [{ name: 'db', value: 'x', password: '[redacted]' }],
      tokens: ['[redacted]', '[redacted]'],
    });
  });

  it('takes keys of data for no names', () => {
    expect(redact({ fences: { 'secret:production/db': 4, 'target:production/token': 1 } })).toEqual({
      fences: { 'secret:production/db': 4, 'target:production/token': 1 },
    });
  });

  it('takes out what looks random where a field is declared to hold it', () => {
    const random = 'k9Xv2LqP7zR4mT8wB1nY';
    expect(redact({ note: random, field: random, auth: random }, { randomFields: new Set(['note']) })).toEqual({
      note: '[redacted]',
      field: random,
      auth: '[redacted]',
    });
  });

  it('takes out a number that this process has read as a secret', () => {
    knownSecrets.add('73150264');
    expect(redact({ sent: [73150264, 7315026] })).toEqual({ sent: ['[redacted]', 7315026] });
  });

  it('keeps who did something, and hides the addresses of others', () => {
    expect(redact({ actor: 'ann@example.com', approvedBy: 'bob@example.com', to: 'eve@example.com' })).toEqual({
      actor: 'ann@example.com',
      approvedBy: 'bob@example.com',
      to: '[redacted]',
    });
  });

  it('calls no getter and no toJSON', () => {
    const trap = {
      get told() {
        throw new Error('called');
      },
      toJSON() {
        throw new Error('called');
      },
    };
    expect(redact(trap)).toEqual({ told: '[getter]', toJSON: '[function]' });
  });

  it('ends on cycles, and tells of Maps, Sets, Buffers, dates and URLs', () => {
    const around: Record<string, unknown> = {
      map: new Map<unknown, unknown>([
        ['password', 'x'],
        [1, 'y'],
      ]),
    };
    around['self'] = around;
    Object.assign(around, {
      set: new Set(['AKIAABCDEFGHIJKLMNOP']),
      bytes: Buffer.from('abc'),
      at: new Date(0),
      url: new URL('https://u:p@h/'),
      big: 1n,
    });
    expect(redact(around)).toEqual({
      map: { password: '[redacted]', 1: 'y' },
      self: '[circular]',
      set: ['[redacted]'],
      bytes: '[3 bytes]',
      at: '1970-01-01T00:00:00.000Z',
      url: 'https://u:[redacted]@h/',
      big: '1',
    });
  });

  it('tells of an error with all that caused it', () => {
    const cause = Object.assign(new TypeError('password=abc'), { code: 'E1', authToken: 'abc' });
    const told = redact(new AggregateError([new Error('token=abc')], 'secret=abc', { cause })) as unknown as Record<
      string,
      unknown
    >;
    expect(JSON.stringify(told)).not.toContain('abc');
    expect(told).toMatchObject({
      name: 'AggregateError',
      message: 'secret=[redacted]',
      cause: { name: 'TypeError', message: 'password=[redacted]', code: 'E1', authToken: '[redacted]' },
      errors: [{ message: 'token=[redacted]' }],
    });
  });

  it('does not give up on what is very deep, or cannot be read', () => {
    let deep: unknown = 'password=x';
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    expect(JSON.stringify(redact(deep))).toContain('[too deep]');
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(redact({ proxy })).toEqual({ proxy: '[unreadable]' });
  });

  it('sets no prototype', () => {
    const told = redact(JSON.parse('{"__proto__":{"admin":true}}')) as object;
    expect(Object.getPrototypeOf(told)).toBe(Object.prototype);
    expect(Object.keys(told)).toEqual(['__proto__']);
  });

  it('looks into no list that holds a secret beside what is none', () => {
    for (const list of [
      [null, 'hunter2'],
      ['hunter2', { name: 'db' }],
      [[], 'hunter2'],
      [new Date(0), 'hunter2'],
    ])
      expect(JSON.stringify(redact({ passwords: list }))).not.toContain('hunter2');
  });

  it('never throws, and changes nothing a second time', () => {
    const planted = fc.constantFrom(...plantedSecrets().map(({ text }) => text));
    const value = fc.anything({
      withMap: true,
      withSet: true,
      withDate: true,
      withTypedArray: true,
      withBigInt: true,
      withNullPrototype: true,
      key: fc.oneof(fc.constantFrom('password', 'actor', 'auth', '__proto__', 'to'), fc.string()),
      values: [planted, fc.string(), fc.integer(), fc.constant(null), fc.boolean()],
    });
    fc.assert(
      fc.property(value, (given) => {
        const once = redact(given);
        expect(redact(once)).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves no planted secret anywhere in JSON', () => {
    const planted = plantedSecrets();
    const leaf = fc.constantFrom(...planted).map(({ text }) => text);
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.string({ maxLength: 8 }), tie('tree'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (given) => {
        const told = JSON.stringify(redact(given));
        for (const { secret } of planted) expect(told.includes(JSON.stringify(secret).slice(1, -1))).toBe(false);
      }),
    );
  });
});
