import type { FlagValue } from './flag-document.ts';

export type ResolutionReason = 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DEFAULT' | 'DISABLED' | 'ERROR';
export type ResolutionErrorCode =
  | 'FLAG_NOT_FOUND'
  | 'TYPE_MISMATCH'
  | 'TARGETING_KEY_MISSING'
  | 'INVALID_CONTEXT'
  | 'PARSE_ERROR'
  | 'GENERAL';

export type FlagMetadata = Readonly<Record<string, string | number | boolean>>;

/** What a flag is for one context, in OpenFeature's words. Frozen, and shared between evaluations where it can be. */
export interface Resolution<T = FlagValue> {
  readonly value: T;
  readonly variant?: string;
  readonly reason: ResolutionReason;
  readonly errorCode?: ResolutionErrorCode;
  readonly errorMessage?: string;
  readonly flagMetadata: FlagMetadata;
}

/** Who is asked for: `targetingKey` is hashed by percentages. Never changed here. */
export interface FlagContext {
  readonly targetingKey?: string;
  readonly [attribute: string]: unknown;
}

export interface FlagTypes {
  readonly boolean: boolean;
  readonly string: string;
  readonly number: number;
  readonly object: object;
}

/** A resolution without a value: the caller's own default takes its place. */
export type Unresolved = Omit<Resolution<undefined>, 'variant'>;

export const failed = (errorCode: ResolutionErrorCode, errorMessage: string, flagMetadata: FlagMetadata): Unresolved => ({
  value: undefined,
  reason: 'ERROR',
  errorCode,
  errorMessage,
  flagMetadata,
});
