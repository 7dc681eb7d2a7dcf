import { RunError } from '@pulumi/pulumi';
import { z } from 'zod';

const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Environments whose data may be thrown away with the stack; in every other one data outlives `pulumi destroy`. */
const DISPOSABLE = ['local', 'development', 'test'];

const name = (pattern: RegExp, what: string) => z.string().regex(pattern, `must be ${what}`);

const Settings = z.strictObject({
  environment: name(/^[a-z][a-z0-9-]{0,19}$/, 'lower-case letters, digits and dashes, a letter first, at most 20'),
  logRetentionDays: z.literal(LOG_RETENTION_DAYS, `must be one of ${LOG_RETENTION_DAYS.join(', ')}`).default(90),
  /** Tables that plans may migrate: names, or prefixes that end in `*`. */
  dataTables: z
    .array(name(/^[A-Za-z0-9_.-]{3,254}[A-Za-z0-9_.*-]?$/, 'the name of a table, or at least 3 characters of one and a *'))
    .default([]),
  /** Lambda functions of users that plans may call: names, prefixes that end in `*`, or ARNs. */
  taskFunctions: z
    .array(
      name(
        /^(arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:)?[A-Za-z0-9_-]{3,63}[A-Za-z0-9_*-]?$/,
        'the name or ARN of a Lambda function, or at least 3 characters of its name and a *',
      ),
    )
    .default([]),
  reservedConcurrency: z.record(z.string(), z.int().min(1)).default({}),
  alarmEmail: z.email('must be an e-mail address').optional(),
});

/** What a stack may configure, `slipway:<key>` in Pulumi.<stack>.yaml. */
export interface Settings extends Readonly<z.infer<typeof Settings>> {
  /** Whether data resources are protected and kept when the stack goes. */
  readonly protectData: boolean;
}

/** Values that are not plain strings arrive from Pulumi as JSON. */
function decode(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `  slipway:${issue.keys.join(', slipway:')}: unknown; known are ${Object.keys(Settings.shape).join(', ')}`;
  }
  const [key, ...rest] = issue.path;
  return `  slipway:${String(key)}${rest.map((part) => `[${String(part)}]`).join('')}: ${issue.message}`;
}

/** Reads the configuration of a stack; every problem is reported at once. `all` has keys such as `slipway:environment`. */
export function readSettings(stack: string, all: { readonly [key: string]: string }): Settings {
  const own = Object.entries(all).flatMap(([key, value]) =>
    key.startsWith('slipway:') ? [[key.slice('slipway:'.length), key === 'slipway:environment' ? value : decode(value)]] : [],
  );
  const parsed = Settings.safeParse({ environment: stack, ...Object.fromEntries(own) });
  if (!parsed.success) {
    throw new RunError(
      `The configuration of stack ${stack} is wrong:\n${parsed.error.issues.map(describe).join('\n')}\n` +
        `Mend Pulumi.${stack}.yaml, or use: pulumi config set slipway:<key> <value>`,
    );
  }
  return { ...parsed.data, protectData: !DISPOSABLE.includes(parsed.data.environment) };
}
