import type { Value } from '../../shared/ports/store.ts';
import { DataLimitExceededError } from './errors.ts';

/** AWS's limit for an input, an output, a task's arguments or its result: 256 KiB of JSON in UTF-8. */
export const payloadLimit = 262_144;

export function payloadSize(value: Value): number {
  return Buffer.byteLength(JSON.stringify(value));
}

export function checkPayload(value: Value, stateName: string): Value {
  if (payloadSize(value) > payloadLimit) {
    throw new DataLimitExceededError(
      `The state/task '${stateName}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    );
  }
  return value;
}
