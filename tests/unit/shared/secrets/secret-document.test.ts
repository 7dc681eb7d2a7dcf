import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSecret, renderSecret } from '../../../../shared/secrets/secret-document.ts';

const changed = (text: string, password: string) => {
  const document = parseSecret(text);
  return renderSecret({ ...document, fields: { ...document.fields, password } });
};

describe('a secret', () => {
  it('keeps every field beside the one that changes', () => {
    const text = '{"engine":"postgres","host":"h","port":5432,"username":"app","password":"a","nested":{"x":[1]}}';
    expect(JSON.parse(changed(text, 'b'))).toEqual({ ...JSON.parse(text), password: 'b' });
  });

  it('renders a connection string from its parts', () => {
    const text = 'postgres://app:old@db.example:5432/shop?sslmode=require';
    expect(parseSecret(text).fields).toMatchObject({ engine: 'postgres', username: 'app', host: 'db.example', port: 5432 });
    expect(changed(text, 'a/b@c:d%')).toBe('postgres://app:a%2Fb%40c%3Ad%25@db.example:5432/shop?sslmode=require');
  });

  it('lets a connection string inside follow the fields beside it', () => {
    const text = JSON.stringify({ username: 'app', password: 'a', host: 'h', url: 'mysql://app:a@h:3306/shop' });
    expect(JSON.parse(changed(text, 'ü b'))['url']).toBe('mysql://app:%C3%BC%20b@h:3306/shop');
  });

  it('gives any password back that a connection string has taken', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (password) => {
        fc.pre(password.isWellFormed());
        const rendered = changed('redis://app:x@h:6379/0', password);
        expect(parseSecret(rendered).fields['password']).toBe(password);
      }),
    );
  });

  it.each(['', '   ', '{', '{"a":', '{"a":1}x'])('is refused as %j without a word of it', (text) => {
    const told = () => {
      try {
        return parseSecret(text);
      } catch (error) {
        return error;
      }
    };
    expect(told()).toMatchObject({ code: 'SECRET_SHAPE' });
    expect((told() as Error).cause).toBeUndefined();
    if (text.trim() !== '') expect((told() as Error).message).not.toContain(text);
  });

  it('is taken as it is where it is nothing else', () => {
    expect(parseSecret('sk_live_123')).toEqual({ form: 'text', fields: { value: 'sk_live_123' } });
    expect(renderSecret(parseSecret('sk_live_123'))).toBe('sk_live_123');
  });
});
