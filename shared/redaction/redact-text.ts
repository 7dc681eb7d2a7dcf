import { redactFormats, type TextRules } from './known-formats.ts';
import { knownSecrets } from './known-secrets.ts';
import { redactNamed } from './named-values.ts';

/**
 * A text without secrets: those that this process has read, those of a known format, and the values of secret names. Linear in
 * its length, and redacting the answer again changes nothing.
 */
export function redactText(text: string, rules: TextRules = {}): string {
  const hidden = knownSecrets.hide(text);
  // A short word is none of the formats: most of what is looked at.
  return hidden.length < 16 && !SEPARATOR.test(hidden) ? hidden : redactNamed(redactFormats(hidden, rules));
}

const SEPARATOR = /[=:@ ]/;
