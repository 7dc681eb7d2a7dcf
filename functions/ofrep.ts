import type { Evaluation } from '../shared/api/flags.ts';
import type { FlagSet } from '../shared/flags/flag-set.ts';
import type { FlagContext } from '../shared/flags/resolution.ts';

/** A flag as OFREP answers it. Where the caller's own default counts, there is no value. */
export function evaluated(flags: FlagSet, key: string, context: FlagContext): Evaluation {
  const { reason, variant, value, errorCode, errorMessage, flagMetadata } = {
    variant: undefined,
    ...flags.resolve(key, context),
  };
  const metadata = Object.keys(flagMetadata).length === 0 ? {} : { metadata: { ...flagMetadata } };
  if (errorCode !== undefined) return { key, errorCode, ...(errorMessage && { errorDetails: errorMessage }), ...metadata };
  return {
    key,
    reason,
    ...(variant === undefined ? {} : { variant }),
    ...(value === undefined ? {} : { value: JSON.parse(JSON.stringify(value)) }),
    ...metadata,
  };
}
