import * as z from 'zod';

const NAME = 'must be 1 to 48 of a-z, 0-9 and -, with a letter or digit at both ends';
const CODE = "must be ./file.ts#export, inside the plan's folder, or the name of a declared Task";
const TABLE = 'must be 3 to 255 of A-Z, a-z, 0-9, _ . and -';
const TARGET = 'must be environment/name, such as production/cities';

/** Keys that reach an object's prototype in JavaScript: never names or keys of a plan. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Names of plans, phases and components: they become parts of keys, ARNs and file names. */
export const name = z
  .string({ error: NAME })
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/, NAME)
  .refine((text) => !FORBIDDEN_KEYS.has(text), {
    message: 'must not be a word that JavaScript objects reserve',
    params: { code: 'FORBIDDEN_KEY' },
  });

/** `./file.ts#export`, resolved against the plan's folder and never above it, or the name of a declared Task. */
export const codeRef = z
  .string({ error: CODE })
  .regex(/^(?:\.\/(?!(?:[^#]*\/)?\.\.\/)[\w./-]{1,200}\.[cm]?[jt]s#[A-Za-z_$][\w$]{0,99}|[A-Za-z][\w-]{0,63})$/, CODE);

export const tableName = z.string({ error: TABLE }).regex(/^[A-Za-z0-9_.-]{3,255}$/, TABLE);

const SECRET = 'must be the name of a secret: 1 to 256 of A-Z, a-z, 0-9 and /_+=.@-';

/** The name of a secret, as Secrets Manager takes it; an ARN ends in characters that plans cannot know. */
export const secretName = z.string({ error: SECRET }).regex(/^[A-Za-z0-9/_+=.@-]{1,256}$/, SECRET);

/** `environment/name`: what a run locks. */
export const targetName = z.string({ error: TARGET }).regex(/^[a-z0-9][a-z0-9-]{0,31}\/[a-z0-9][a-z0-9-]{0,63}$/, TARGET);

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** True where a terminal would obey a part of the text instead of showing it (escapes, bidirectional overrides). */
export function isUnprintable(text: string): boolean {
  return UNPRINTABLE.test(text) || !text.isWellFormed();
}

/** Text for people: any characters but those that a terminal obeys. */
export function prose(max: number) {
  return z
    .string({ error: 'must be text' })
    .max(max)
    .refine((text) => !isUnprintable(text), { message: 'must not hold control characters', params: { code: 'BAD_TEXT' } });
}
