import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { readSettings } from '../settings.ts';
import { ReleaseError } from './release-error.ts';

export interface ReleaseOptions {
  readonly environment: string;
  /** Undefined: that of the AWS profile. */
  readonly region: string | undefined;
  readonly json: boolean;
  readonly timeoutMinutes: number;
}

const USAGE = `Moves the API and event functions of a stack to their newest versions, and waits.
  npm run release -- --stack production [--region eu-west-1] [--timeout 60] [--json]
  npm run release -- --environment production    for a ControlPlane in another Pulumi program`;

const DEFAULT_MINUTES = '60';

/** The file that configures a stack. */
const stackFile = (stack: string) => fileURLToPath(new URL(`../../Pulumi.${stack}.yaml`, import.meta.url));

/** Throws ReleaseError with the usage where the arguments are wrong. */
export function releaseOptions(argv: readonly string[], read: (stack: string) => string | undefined = readStack): ReleaseOptions {
  const { stack, environment, region, json, timeout } = flags(argv);
  const timeoutMinutes = Number(timeout);
  if (!(timeoutMinutes > 0)) throw new ReleaseError(`--timeout takes minutes, not ${timeout}.\n${USAGE}`);
  if (stack === undefined && environment === undefined) throw new ReleaseError(`Which stack?\n${USAGE}`);
  const config = stack === undefined ? {} : configOf(stack, read);
  return {
    environment: environment ?? readSettings(stack ?? '', config).environment,
    region: region ?? config['aws:region'],
    json,
    timeoutMinutes,
  };
}

function flags(argv: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const options = { stack: text, environment: text, region: text, timeout: { ...text, default: DEFAULT_MINUTES } };
    return parseArgs({ args: [...argv], options: { ...options, json: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    throw new ReleaseError(`${error instanceof Error ? error.message : error}\n${USAGE}`, { cause: error });
  }
}

const readStack = (stack: string): string | undefined =>
  existsSync(stackFile(stack)) ? readFileSync(stackFile(stack), 'utf8') : undefined;

/** As Pulumi hands it to a program: every value is text. */
function configOf(stack: string, read: (stack: string) => string | undefined): { readonly [key: string]: string } {
  const text = read(stack);
  if (text === undefined) throw new ReleaseError(`There is no Pulumi.${stack}.yaml: name a stack that has one.\n${USAGE}`);
  const { config = {} } = (parse(text) ?? {}) as { readonly config?: { readonly [key: string]: unknown } };
  const entries = Object.entries(config).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]);
  return Object.fromEntries(entries);
}
