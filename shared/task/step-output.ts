import { UserCodeError } from '../errors/run-errors.ts';
import type { Value } from '../ports/store.ts';

/** What one step may hand on, as JSON in UTF-8. It rides in the checkpoint, and later components read it. */
const MAX_OUTPUT_BYTES = 64 * 1024;

/** Refuses an output that no checkpoint could hold, in words that name the step, before the store refuses it in its own. */
export function checkOutput(what: string, output: Value): Value {
  const bytes = new TextEncoder().encode(JSON.stringify(output)).length;
  if (bytes > MAX_OUTPUT_BYTES) {
    throw new UserCodeError(`${what} answered ${bytes} bytes; ${MAX_OUTPUT_BYTES} fit into a checkpoint`, {
      next: 'Store large results elsewhere and answer where they are.',
    });
  }
  const odd = unstorable(output, 'output');
  if (odd !== undefined) throw new UserCodeError(`${what} answered what no checkpoint can hold: ${odd}`, { next: FIX });
  return output;
}

const FIX = 'Answer plain JSON with named attributes and numbers below 2^53.';

function unstorable(value: Value, path: string): string | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? undefined : `${path} is ${value}`;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    if (name === '') return `${path} has an attribute without a name`;
    const odd = unstorable(inner, `${path}.${name}`);
    if (odd !== undefined) return odd;
  }
  return undefined;
}
