import * as secretErrors from './secret-errors.ts';
import type { SlipwayError, SlipwayErrorOptions } from './slipway-error.ts';

const BY_NAME: { readonly [name: string]: new (message: string, options?: SlipwayErrorOptions) => SlipwayError } = secretErrors;

/** An error of secrets that was thrown elsewhere, where only its name and message arrive; undefined where it is none of them. */
export function secretErrorNamed(name: string, message: string, options?: SlipwayErrorOptions): SlipwayError | undefined {
  const found = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  return found && new found(message, options);
}
