import { expect, it } from 'vitest';
import { ed25519Pair } from '../../../../adapters/systems/ed25519-pair.ts';

/** Type, its length, and the 32 bytes of the key with theirs. */
const WHOLE = 4 + 'ssh-ed25519'.length + 4 + 32;

it('makes no key of which a byte is missing', () => {
  const lengths = Array.from({ length: 3000 }, () => Buffer.from(ed25519Pair().public.split(' ')[1] ?? '', 'base64').length);
  expect(new Set(lengths)).toEqual(new Set([WHOLE]));
});
