import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

/** As PostgreSQL's own; RFC 5802 leaves it to the server. */
const ITERATIONS = 4096;

/**
 * What PostgreSQL keeps of a password (RFC 5803, `SCRAM-SHA-256$i:salt$StoredKey:ServerKey`). Computed here, so that no statement, and
 * so no log of the server, holds the password. Without SASLprep a password beyond ASCII would lock its role out: clients prepare theirs.
 */
export async function scramVerifier(password: string, salt: Uint8Array): Promise<string> {
  const salted = pbkdf2Sync(await prepared(password), salt, ITERATIONS, 32, 'sha256');
  const hmac = (key: Uint8Array, text: string) => createHmac('sha256', key).update(text).digest();
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${Buffer.from(salt).toString('base64')}$${storedKey}:${serverKey}`;
}

/** As PostgreSQL and its clients do: what SASLprep refuses is taken as it is. Its tables are read where a password is not ASCII alone. */
export async function prepared(password: string): Promise<string> {
  if (/^\p{ASCII}*$/u.test(password)) return password;
  const { saslprep } = await import('@mongodb-js/saslprep');
  try {
    return saslprep(password);
  } catch {
    return password;
  }
}
