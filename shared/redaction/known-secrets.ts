import { FormIndex } from './form-index.ts';
import { isSecretName, REDACTED } from './secret-name.ts';

/** A shorter value would be found everywhere. */
const SHORTEST = 4;
/** In an environment a shorter value is a switch rather than a secret. */
const SHORTEST_IN_ENVIRONMENT = 8;

/** Where a shell stands and stood, called as passwords are: hidden, no message could name a file any more. */
const DIRECTORIES: ReadonlySet<string> = new Set(['PWD', 'OLDPWD']);

/**
 * Every secret that this process has read, by value: found also where it was escaped for JSON, encoded for a URL, as base64 (in
 * the middle of something longer too) or as hex. Values under four characters are not kept: `add` answers false.
 */
export class KnownSecrets {
  readonly #values = new Set<string>();
  readonly #forms = new FormIndex();

  add(value: string | Uint8Array): boolean {
    const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.from(value);
    const text = bytes.toString('utf8');
    if (bytes.length < SHORTEST || text.trim().length < SHORTEST || REDACTED.includes(text)) return false;
    const id = bytes.toString('latin1');
    if (this.#values.has(id)) return true;
    this.#values.add(id);
    for (const form of formsOf(text, bytes)) this.#forms.add(form);
    return true;
  }

  /** What an environment holds under secret names. */
  addEnvironment(env: { readonly [name: string]: string | undefined }): void {
    for (const [name, value = ''] of Object.entries(env)) {
      if (value.length >= SHORTEST_IN_ENVIRONMENT && isSecretName(name) && !DIRECTORIES.has(name)) this.add(value);
    }
  }

  /** Whether the number, as it is written, is one of them. */
  isNumber(value: number): boolean {
    return this.#values.has(String(value));
  }

  /** The text without any of them. */
  hide(text: string): string {
    // The longest first, so that no secret hides a part of a longer one.
    const forms = this.#forms.in(text).sort((a, b) => b.length - a.length);
    return forms.reduce((hidden, form) => hidden.replaceAll(form, REDACTED), text);
  }
}

function formsOf(text: string, bytes: Buffer): string[] {
  // Bytes that are no text have no textual forms of their own.
  const textual = Buffer.from(text).equals(bytes) ? textForms(text) : [];
  const hex = bytes.toString('hex');
  return [...textual, ...base64Forms(bytes), hex, hex.toUpperCase()].filter((form) => form.length >= SHORTEST);
}

function textForms(text: string): string[] {
  const escaped = JSON.stringify(text).slice(1, -1);
  const url = wellFormed(text);
  const form = new URLSearchParams([['', text]]).toString().slice(1);
  const trimmed = text.trim();
  return [text, trimmed, escaped, JSON.stringify(escaped).slice(1, -1), url, lowerHex(url), form, lowerHex(form)];
}

const wellFormed = (text: string): string => encodeURIComponent(text.toWellFormed());
const lowerHex = (encoded: string): string => encoded.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase());

/** Where a secret stands within something longer, its base64 depends on where its first byte falls: three forms, without what neighbours share. */
function base64Forms(bytes: Buffer): string[] {
  const forms = [0, 1, 2].flatMap((lead) => {
    const encoded = Buffer.concat([Buffer.alloc(lead), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const from = Math.ceil((lead * 8) / 6);
    const to = Math.floor(((lead + bytes.length) * 8) / 6);
    // Fewer than eight characters would be found by chance.
    return to - from >= 8 ? [encoded.slice(from, to)] : [];
  });
  const whole = bytes.toString('base64');
  return [whole, whole.replaceAll('=', ''), ...forms].flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** Of this process: whoever reads a secret adds it, and no edge lets it out again. */
export const knownSecrets = new KnownSecrets();
