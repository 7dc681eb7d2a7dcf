import { FlagdCore } from '@openfeature/flagd-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlagSet } from '../../../shared/flags/flag-set.ts';
import { readFlags } from '../../../shared/flags/read-flags.ts';
import { type Sample, sample } from './rules.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
/** Some are of no use: flagd's compiler and its interpreter differ, or it refuses them. */
const SAMPLES = 10_500;
const AGREED = 10_000;
const FALLBACK = { boolean: false, string: 'fallback', number: -1, object: { fallback: true } } as const;
type Type = keyof typeof FALLBACK;

interface Answer {
  readonly value: unknown;
  readonly variant: unknown;
  readonly reason: unknown;
  readonly flagMetadata: unknown;
  /** flagd refuses a whole rule for a constant part that faults, also where it is never reached; here such a part faults when it is. */
  readonly refused: boolean;
}

describe('evaluation beside flagd', { timeout: 180_000 }, () => {
  it(`agrees on ${AGREED} random documents and contexts`, () => {
    const seen = { agreed: 0, refusedByFlagd: 0, flagdDiffersFromItself: 0, errors: 0, matches: 0 };
    fc.assert(
      fc.property(sample, (one) => {
        const type = typeOf(one);
        const [mine, compiled, interpreted] = [ours(one, type), flagd(one, type, false), flagd(one, type, true)];
        if (compiled.refused) {
          seen.refusedByFlagd += 1;
          return;
        }
        if (same(compiled, interpreted)) expect(mine).toEqual(compiled);
        else if (!same(mine, interpreted)) expect(mine).toEqual(compiled);
        if (same(compiled, interpreted)) seen.agreed += 1;
        else seen.flagdDiffersFromItself += 1;
        if (mine.reason === 'ERROR') seen.errors += 1;
        if (mine.reason === 'TARGETING_MATCH') seen.matches += 1;
      }),
      { numRuns: SAMPLES, seed: 20_260_101 },
    );
    expect(seen.agreed).toBeGreaterThan(AGREED);
    expect(seen.matches).toBeGreaterThan(0.2 * SAMPLES);
    expect(seen.errors).toBeLessThan(0.2 * SAMPLES);
  });
});

function typeOf({ document }: Sample): Type {
  const { variants } = document.flags['checkout'] as { variants: Readonly<Record<string, unknown>> };
  return typeof variants['on'] as Type;
}

function ours({ document, context }: Sample, type: Type): Answer {
  const read = readFlags(document, { now: () => 0 });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return told(asked(read.flags, type, context));
}

const asked = (flags: FlagSet, type: Type, context: Sample['context']) => {
  switch (type) {
    case 'boolean':
      return flags.boolean('checkout', FALLBACK.boolean, context);
    case 'string':
      return flags.string('checkout', FALLBACK.string, context);
    case 'number':
      return flags.number('checkout', FALLBACK.number, context);
    case 'object':
      return flags.object('checkout', FALLBACK.object, context);
  }
};

function flagd({ document, context }: Sample, type: Type, disableDynamicCodeGeneration: boolean): Answer {
  const core = new FlagdCore(undefined, silent, { disableDynamicCodeGeneration });
  core.setConfigurations(JSON.stringify(document));
  const flag = 'checkout';
  switch (type) {
    case 'boolean':
      return told(core.resolveBooleanEvaluation(flag, FALLBACK.boolean, context as never));
    case 'string':
      return told(core.resolveStringEvaluation(flag, FALLBACK.string, context as never));
    case 'number':
      return told(core.resolveNumberEvaluation(flag, FALLBACK.number, context as never));
    case 'object':
      return told(core.resolveObjectEvaluation(flag, FALLBACK.object as never, context as never));
  }
}

/** The differences that docs/flags.md explains: SPLIT is told apart from TARGETING_MATCH, and a key that lacks from a default. */
function told(answer: {
  value: unknown;
  variant?: unknown;
  reason?: unknown;
  errorCode?: unknown;
  flagMetadata?: unknown;
}): Answer {
  const { value, variant, flagMetadata } = answer;
  const missing = answer.errorCode === 'TARGETING_KEY_MISSING';
  const reason = answer.reason === 'SPLIT' ? 'TARGETING_MATCH' : missing ? 'DEFAULT' : answer.reason;
  return { value, variant, reason, flagMetadata, refused: answer.errorCode === 'PARSE_ERROR' };
}

const same = (a: Answer, b: Answer): boolean => JSON.stringify(a) === JSON.stringify(b);
