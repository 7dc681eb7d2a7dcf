import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { type FlagDefinition, flagDefinition } from '../shared/flags/flag-document.ts';
import { type SimpleFlag, simpleFlag } from '../shared/flags/simple-flag.ts';
import { UsageError } from './cli-errors.ts';
import { parseCondition } from './flag-condition.ts';

/** What the options of `flags set` name; what they leave out stays as it is. */
export interface FormOptions {
  readonly percent?: number;
  readonly groups?: readonly string[];
  readonly environments?: readonly string[];
  readonly customers?: readonly string[];
  readonly conditions?: SimpleFlag['conditions'];
  readonly enabled?: true;
  readonly disabled?: true;
  readonly fallback?: 'on' | 'off';
}

export const formOptions = (command: Command): Command =>
  command
    .option('--percent <share>', 'on for this share of keys, by hash; whoever has it keeps it as the share grows', parsePercent)
    .option('--groups <names>', "only for these groups of the context's groups", parseList)
    .option('--environments <names>', 'only in these environments of the context', parseList)
    .option('--conditions <condition>', 'only where it holds: country=DE|FR; may be repeated, all must hold', parseConditions)
    .option('--customers <names>', 'on for these customers, whatever the share', parseList)
    .option('--enabled', 'evaluate it')
    .addOption(new Option('--disabled', 'every caller gets its own default').conflicts('enabled'))
    .addOption(new Option('--fallback <value>', 'what it is where the conditions do not hold').choices(['on', 'off']));

function parsePercent(text: string): number {
  const value = Number(text.replace(/ ?%$/, ''));
  if (/^\d{1,3}(?:\.\d{1,3})? ?%?$/.test(text) && value <= 100) return value;
  throw new InvalidArgumentError('It must be a percentage from 0 to 100, with at most three decimals.');
}

/** `a,b`; nothing for none. */
const parseList = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const parseConditions = (text: string, before: SimpleFlag['conditions'] = []): SimpleFlag['conditions'] =>
  text.trim() === '' ? before : [...before, parseCondition(text)];

/** The fields that the options name, as the form calls them. */
export function namedFields(options: FormOptions): Partial<SimpleFlag> {
  const { percent, groups, environments, customers, conditions, enabled, disabled, fallback } = options;
  return {
    ...(percent === undefined ? {} : { rolloutPercentage: percent }),
    ...(groups === undefined ? {} : { userGroups: [...groups] }),
    ...(environments === undefined ? {} : { environments: [...environments] }),
    ...(customers === undefined ? {} : { customers: [...customers] }),
    ...(conditions === undefined ? {} : { conditions }),
    ...(enabled || disabled ? { enabled: enabled === true } : {}),
    ...(fallback === undefined ? {} : { fallbackEnabled: fallback === 'on' }),
  };
}

/** A form with some fields changed. Throws UsageError where it cannot be. */
export function merged(before: unknown, fields: Partial<SimpleFlag>): SimpleFlag {
  const parsed = simpleFlag.safeParse({ ...(before ?? {}), ...fields });
  if (parsed.success) return parsed.data;
  throw new UsageError(`The flag cannot be so: ${issues(parsed.error)}.`, { next: 'slipway flags set --help' });
}

/** A definition in flagd's format: alone, as the API answers it, or under its key in a document of flags. Throws UsageError. */
export async function readFlagFile(file: string, key: string, cwd: string): Promise<FlagDefinition> {
  const value = await readJsonFile(file, cwd, "one flag in flagd's format, as: slipway flags get KEY --json");
  const parsed = flagDefinition.safeParse(definitionIn(value, key));
  if (parsed.success) return parsed.data;
  throw new UsageError(`${file} holds no flag ${key} in flagd's format: ${issues(parsed.error)}.`, {
    next: 'Correct it: docs/flags.md has an example.',
  });
}

const answered = z.looseObject({ flag: z.looseObject({}) });
const document = z.looseObject({ flags: z.record(z.string(), z.unknown()) });

function definitionIn(value: unknown, key: string): unknown {
  const { flags } = document.safeParse(value).data ?? {};
  return flags === undefined ? (answered.safeParse(value).data?.flag ?? value) : flags[key];
}

/** `what` says what it should hold, and how one gets it. */
export async function readJsonFile(file: string, cwd: string, what: string): Promise<unknown> {
  const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such file' : (cause.code ?? cause.message);
    throw new UsageError(`${file} cannot be read: ${why}.`, { next: `Name a file with ${what}`, cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${file} is no JSON: ${why}.`, { next: `Write ${what}`, cause });
  }
}

const issues = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.')} ${message}`.trim())
    .join('; ');
