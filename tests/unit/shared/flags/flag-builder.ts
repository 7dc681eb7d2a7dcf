import type { FlagSet } from '../../../../shared/flags/flag-set.ts';
import { type ReadOptions, readFlags } from '../../../../shared/flags/read-flags.ts';

export const NOON = Date.UTC(2026, 0, 1, 12);

/** A boolean flag, on or off. */
export const onOff = (targeting?: unknown, more: object = {}) => ({
  state: 'ENABLED',
  variants: { on: true, off: false },
  defaultVariant: 'off',
  ...(targeting === undefined ? {} : { targeting }),
  ...more,
});

export const documentOf = (flags: Readonly<Record<string, unknown>>, more: object = {}) => ({ flags, ...more });

/** The flags of a document that is good. */
export function flagsOf(document: unknown, options: Partial<ReadOptions> = {}): FlagSet {
  const read = readFlags(document, { now: () => NOON, ...options });
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  return read.flags;
}

/** What a rule yields: a flag whose variants are named by it. */
export function yields(logic: unknown, context: Readonly<Record<string, unknown>> = {}): string | undefined {
  const variants = { true: 'true', false: 'false' };
  const flag = { state: 'ENABLED', variants, defaultVariant: null, targeting: { if: [logic, 'true', 'false'] } };
  const { variant, errorCode } = {
    variant: undefined,
    errorCode: undefined,
    ...flagsOf(documentOf({ f: flag })).resolve('f', context),
  };
  return errorCode ?? variant;
}

export function problemsOf(document: unknown): { code: string; path: string; message: string; suggestion?: string }[] {
  const read = readFlags(document, { now: () => NOON });
  return read.ok ? [] : read.problems.map(({ path, ...problem }) => ({ ...problem, path: path.join('.') }));
}
