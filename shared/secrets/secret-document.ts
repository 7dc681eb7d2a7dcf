import { SecretShapeError } from '../errors/secret-errors.ts';
import type { Value } from '../ports/store.ts';

export type SecretFields = { readonly [name: string]: Value };

/** A secret's text taken apart: a JSON object, a connection string (`scheme://user:password@host:port/database?options`), or one opaque value. */
export interface SecretDocument {
  readonly form: 'json' | 'connection-string' | 'text';
  /** Of a connection string: engine, username, password, host, port, dbname, options. Of a text: value. */
  readonly fields: SecretFields;
}

/** Fields of a JSON secret that hold a connection string made of the others. */
const RENDERED = ['url', 'uri', 'connectionString', 'connection_string', 'dsn'] as const;

/** Throws SecretShapeError, which never tells anything of the text. */
export function parseSecret(text: string): SecretDocument {
  if (text.trim() === '') throw new SecretShapeError('The secret is empty.', { next: 'Put a value into it.' });
  if (/^\s*\{/.test(text)) return { form: 'json', fields: objectOf(text) };
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/]*@/i.test(text)) return { form: 'connection-string', fields: partsOf(text) };
  return { form: 'text', fields: { value: text } };
}

/** The text of a secret in the form that it had. A connection string inside a JSON secret follows the fields beside it. */
export function renderSecret({ form, fields }: SecretDocument): string {
  if (form === 'text') return String(fields['value']);
  if (form === 'connection-string') return connectionString(fields);
  const rendered = Object.fromEntries(
    RENDERED.flatMap((name) => {
      const found = fields[name];
      if (typeof found !== 'string' || !found.includes('://')) return [];
      const { username, password, host, port, dbname } = fields;
      const known = Object.entries({ username, password, host, port, dbname }).filter(([, value]) => value !== undefined);
      return [[name, connectionString({ ...partsOf(found), ...Object.fromEntries(known) } as SecretFields)]];
    }),
  );
  return JSON.stringify({ ...fields, ...rendered });
}

function objectOf(text: string): SecretFields {
  const why = 'The secret begins like JSON and is no JSON object.';
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    // The parser's own words would hold a part of the secret.
    throw new SecretShapeError(why, { next: 'Put a JSON object into it.' });
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found)) throw new SecretShapeError(why);
  return found as SecretFields;
}

function partsOf(text: string): SecretFields {
  const url = URL.parse(text);
  if (!url) throw new SecretShapeError('The secret looks like a connection string and is none.');
  const given = {
    engine: url.protocol.slice(0, -1),
    username: decoded(url.username),
    password: decoded(url.password),
    host: url.hostname,
    port: url.port === '' ? undefined : Number(url.port),
    dbname: decoded(url.pathname.slice(1)),
    options: url.search,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== '')) as SecretFields;
}

function connectionString(fields: SecretFields): string {
  const { engine, username, password, host, port, dbname, options } = fields;
  const part = (value: Value | undefined) => encodeURIComponent(String(value ?? ''));
  const login = `${part(username)}:${part(password)}`;
  const address = `${String(host)}${port === undefined ? '' : `:${String(port)}`}`;
  return `${String(engine)}://${login}@${address}/${part(dbname)}${String(options ?? '')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
