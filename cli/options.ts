import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { flagKey } from '../shared/flags/flag-document.ts';
import { duration } from '../shared/notation/quantities.ts';
import { ApiProblemError } from './cli-errors.ts';

/** `10m` in ms. */
export function parseDuration(text: string): number {
  const parsed = duration.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`It ${parsed.error.issues[0]?.message ?? 'must be a duration'}.`);
}

/** A parser of whole numbers from `min` to `max`. */
export const parseWhole =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d{1,15}$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };

/** A count, or `none`: no limit. */
export const parseMost = (text: string): number | null => (text === 'none' ? null : parseWhole(0, 10_000)(text));

/** `name=permits`. */
export function parsePermits(text: string): { name: string; permits: number } {
  const [, name, permits] = /^([a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?)=(\d{1,5})$/.exec(text) ?? [];
  if (name === undefined || permits === undefined) throw new InvalidArgumentError('It must be name=permits, such as database=2.');
  return { name, permits: parseWhole(0, 10_000)(permits) };
}

export function parsePriority(text: string): number {
  if (/^-?\d{1,2}$/.test(text) && Math.abs(Number(text)) <= 10) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from -10 to 10.');
}

/** `component/step=yes|no`, given once or more. */
function parseStands(text: string, before: Readonly<Record<string, boolean>> = {}): Record<string, boolean> {
  const [, step, word] = /^([a-z0-9-]{1,48}\/\d{1,6})=(yes|no)$/.exec(text) ?? [];
  if (step === undefined) throw new InvalidArgumentError('It must be component/step=yes or component/step=no.');
  return { ...before, [step]: word === 'yes' };
}

const runId = z.string().regex(/^[0-9a-z]{26}$/);

/** The id of a run. What cannot be one is told as what it is: no such run. */
export function parseRunId(text: string): string {
  const parsed = runId.safeParse(text.toLowerCase());
  if (parsed.success) return parsed.data;
  throw new ApiProblemError({
    type: 'urn:slipway:problem:run-not-found',
    title: 'Not found',
    status: 404,
    code: 'RUN_NOT_FOUND',
    detail: `There is no run ${JSON.stringify(text)}: the id of a run is 26 characters of 0-9 and a-z.`,
    next: 'slipway list',
  });
}

const componentName = /^[a-z0-9-]{1,48}$/;

/** The name of a component. */
export function parseComponent(text: string): string {
  if (componentName.test(text)) return text;
  throw new ApiProblemError({
    type: 'urn:slipway:problem:component-not-found',
    title: 'Not found',
    status: 404,
    code: 'COMPONENT_NOT_FOUND',
    detail: `There is no component ${JSON.stringify(text)}: names are 1 to 48 of a-z, 0-9 and -.`,
    next: 'slipway status ID',
  });
}

export interface WatchOptions {
  readonly watch?: true;
  readonly timeout?: number;
}

/** For commands that set a run going. */
export const watchOptions = (command: Command): Command =>
  command
    .option('-w, --watch', 'show how far the run is until it rests; the exit code is that of its end')
    .option('--timeout <duration>', 'with --watch: leave after so long (exit 9); the run goes on', parseDuration);

export const standsOption = (command: Command): Command =>
  command.option(
    '--stands <component/step=yes|no>',
    'your word on an effect of which nobody knows whether it stands; may be repeated',
    parseStands,
  );

const environmentName = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** The name of an environment. */
export function parseEnvironment(text: string): string {
  if (environmentName.test(text)) return text;
  throw new InvalidArgumentError('It must be 1 to 32 of a-z, 0-9 and -, and begin with a letter or digit.');
}

/** The key of a flag. */
export function parseFlagKey(text: string): string {
  if (flagKey.safeParse(text).success) return text;
  throw new ApiProblemError({
    type: 'urn:slipway:problem:flag-not-found',
    title: 'Not found',
    status: 404,
    code: 'FLAG_NOT_FOUND',
    detail: `There can be no flag ${JSON.stringify(text)}: keys are 1 to 128 of A-Z, a-z, 0-9, _ . and -.`,
    next: 'slipway flags list',
  });
}
