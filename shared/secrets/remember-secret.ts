import { knownSecrets } from '../redaction/known-secrets.ts';
import { isSecretName } from '../redaction/secret-name.ts';
import { parseSecret, type SecretFields } from './secret-document.ts';

/** Fields of secrets whose names alone would not say so. */
const CREDENTIALS: ReadonlySet<string> = new Set(['key', 'value']);

/** From now on nothing that leaves this process holds the text of a secret, or a credential of it. Whatever the text is, it throws nothing. */
export function rememberSecret(text: string): void {
  knownSecrets.add(text);
  for (const [name, value] of Object.entries(fieldsOf(text))) {
    if (typeof value === 'string' && (CREDENTIALS.has(name) || isSecretName(name))) knownSecrets.add(value);
  }
}

function fieldsOf(text: string): SecretFields {
  try {
    return parseSecret(text).fields;
  } catch {
    return {};
  }
}
