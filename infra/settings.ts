import { type Input, Output, RunError } from '@pulumi/pulumi';
import { z } from 'zod';
import { functions } from '../functions/catalog.ts';
import { AUDIT_RETENTION_DAYS, RETENTION_DAYS } from '../shared/cleaning/retention.ts';
import { LEVELS } from '../shared/ports/telemetry.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../shared/telemetry/vital-signs.ts';

const MEASURES = Object.keys(DEFAULT_THRESHOLDS) as (keyof Thresholds)[];

const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** CodeDeploy's own configurations for Lambda, without `CodeDeployDefault.`. */
const DEPLOYMENTS = [
  'LambdaAllAtOnce',
  'LambdaCanary10Percent5Minutes',
  'LambdaCanary10Percent10Minutes',
  'LambdaCanary10Percent15Minutes',
  'LambdaCanary10Percent30Minutes',
  'LambdaLinear10PercentEvery1Minute',
  'LambdaLinear10PercentEvery2Minutes',
  'LambdaLinear10PercentEvery3Minutes',
  'LambdaLinear10PercentEvery10Minutes',
] as const;

/** Environments whose data may be thrown away with the stack; in every other one data outlives `pulumi destroy`. */
const DISPOSABLE = ['local', 'development', 'test'];

export const isDisposable = (environment: string): boolean => DISPOSABLE.includes(environment);

const FUNCTION_NAMES = functions.map((spec) => spec.name);

const name = (pattern: RegExp, what: string) => z.string().regex(pattern, `must be ${what}`);

/** An id that another component of the same program may only know later. */
const idOf = (prefix: string) =>
  z.custom<Input<string>>(
    (id) =>
      Output.isInstance(id) ||
      id instanceof Promise ||
      (typeof id === 'string' && new RegExp(`^${prefix}-[0-9a-f]{6,}$`).test(id)),
    `must be the id of a ${prefix === 'sg' ? 'security group' : prefix}: ${prefix}-...`,
  );

/** Every name ends up in policies of roles, or in environments of functions; what AWS takes of those the settings must leave room for. */
const names = (one: z.ZodString) =>
  z
    .array(one)
    .refine(
      (all) => all.length <= 20 && all.join().length <= 1_000,
      'must be 20 names and 1,000 characters at most: take prefixes that end in *',
    )
    .default([]);

const Vpc = z.strictObject({
  subnetIds: z.array(idOf('subnet')).min(1, 'must name a subnet at least').readonly(),
  securityGroupIds: z.array(idOf('sg')).min(1, 'must name a security group at least').readonly(),
});

/** Where functions get network interfaces. */
export type Vpc = z.infer<typeof Vpc>;

const Environment = name(/^[a-z][a-z0-9-]{0,19}$/, 'lower-case letters, digits and dashes, a letter first, at most 20').refine(
  // `slipway-<environment>-task-*` are the functions of Tasks, and so on: no other environment's functions or alarms may be called so.
  (environment) => !/^guardrail(-|$)|-(task|secret)(-|$)/.test(environment),
  'must not hold -task or -secret, nor begin with guardrail: what belongs to Tasks, rotated secrets and guardrails is called so',
);

const Settings = z
  .strictObject({
    environment: Environment,
    logRetentionDays: z.literal(LOG_RETENTION_DAYS, `must be one of ${LOG_RETENTION_DAYS.join(', ')}`).default(90),
    /** How long runs are kept after their end, with their events and artefacts. */
    retentionDays: z
      .int('must be a whole number of days')
      .min(1, 'must be 1 or above')
      .max(3650, 'must be 3650 or below')
      .default(RETENTION_DAYS),
    /** How long the audit trail of a run is kept after the run. */
    auditRetentionDays: z
      .int('must be a whole number of days')
      .min(1, 'must be 1 or above')
      .max(3650, 'must be 3650 or below')
      .default(AUDIT_RETENTION_DAYS),
    /** Tables that plans may migrate: names, or prefixes that end in `*`. */
    dataTables: names(
      name(/^[A-Za-z0-9_.-]{3,254}[A-Za-z0-9_.*-]?$/, 'the name of a table, or at least 3 characters of one and a *'),
    ),
    /** Lambda functions, beside declared Tasks, that plans may call: names, prefixes that end in `*`, or ARNs. */
    taskFunctions: names(
      name(
        /^(arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:)?[A-Za-z0-9_-]{3,63}[A-Za-z0-9_*-]?$/,
        'the name or ARN of a Lambda function, or at least 3 characters of its name and a *',
      ),
    ),
    /** Secrets that were there before, by their names, each with the name of the RotatedSecret that was given its ARN. */
    adoptedSecrets: z
      .record(
        name(/^(?!slipway-)[A-Za-z0-9/_+=.@-]{1,256}$/, 'the name of a secret, without its ARN, that Slipway has not made'),
        name(/^[A-Za-z][A-Za-z0-9_-]*$/, 'the name of a RotatedSecret'),
      )
      .refine(
        (adopted) => Object.keys(adopted).length <= 10 && JSON.stringify(adopted).length <= 500,
        'must be 10 secrets and 500 characters at most',
      )
      .default({}),
    /** By functions of the catalog. Left out: none, since a new account has 10 to share in all. */
    reservedConcurrency: z
      .record(z.string(), z.int().min(1))
      .default({})
      .superRefine((reserved, context) => {
        const unknown = Object.keys(reserved).filter((key) => !FUNCTION_NAMES.includes(key));
        if (unknown.length === 0) return;
        const message = `names no function: ${unknown.join(', ')}; known are ${FUNCTION_NAMES.join(', ')}`;
        context.addIssue({ code: 'custom', message });
      }),
    /** Roles of those who sign requests, by their ARNs; left out: IAM's own policies are the only ones. */
    machineRoles: z
      .record(
        name(
          /^arn:[a-z-]+:(iam|sts)::\d{12}:[A-Za-z0-9_+=,.@/-]+\*?$/,
          'the ARN of a user, a role or a session, or one that ends in *',
        ),
        z.array(name(/^(\*|[a-z0-9][a-z0-9-]{0,31}):(viewer|operator|admin)$/, 'such as staging:operator or *:viewer')),
      )
      // In the environment of every function behind the API.
      .refine(
        (roles) => JSON.stringify(roles).length <= 1_500,
        'must be 1,500 characters of JSON at most: take ARNs that end in *',
      )
      .optional(),
    /** Who signs the tokens of people (OpenID Connect); left out: all requests are signed with IAM. */
    jwtIssuer: z
      .url({ protocol: /^https$/, error: 'must be the https address of an OpenID provider, as its tokens say it' })
      .optional(),
    /** Whom tokens must be for: any of these. */
    jwtAudience: z.array(z.string().min(1)).min(1, 'must name an audience at least').readonly().optional(),
    /** The claim of a token that holds roles. */
    jwtRolesClaim: z.string().min(1, 'must be the name of a claim').optional(),
    /** What functions log, and when they warn of themselves. */
    logging: z
      .strictObject({
        level: z.enum(LEVELS, `must be one of ${LEVELS.join(', ')}`),
        debugShare: z.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1'),
        thresholds: z.partialRecord(
          z.enum(MEASURES, `must name one of ${MEASURES.join(', ')}`),
          z.number().min(0, 'must be 0 or above'),
        ),
      })
      .partial()
      .optional(),
    alarmEmail: z.email('must be an e-mail address').optional(),
    /** Encrypt what is stored under a key of the customer's own, which costs 1 USD a month. */
    customerKey: z.boolean('must be true or false').default(false),
    /** Left out: functions run outside any VPC. */
    vpc: Vpc.optional(),
    /** How traffic moves to new versions of the functions behind the API and the events. */
    deployment: z.enum(DEPLOYMENTS, `must be one of ${DEPLOYMENTS.join(', ')}`).optional(),
    /** Tells `alarmEmail` when the month's bill for this environment nears the limit. */
    monthlyBudgetUsd: z.number('must be an amount in USD').positive('must be above 0').optional(),
    /** On every resource, beside Slipway's own. */
    tags: z
      .record(
        // What IAM takes, which takes least of all services.
        name(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u, 'of letters, digits, spaces and _.:/=+-@, at most 128'),
        name(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u, 'of letters, digits, spaces and _.:/=+-@, at most 256'),
      )
      .refine((tags) => Object.keys(tags).length <= 40, 'must be 40 at most')
      .refine((tags) => !Object.keys(tags).some((key) => /^(aws|slipway):/.test(key)), 'must not begin with aws: or slipway:')
      .default({}),
  })
  .refine((settings) => settings.monthlyBudgetUsd === undefined || settings.alarmEmail !== undefined, {
    path: ['monthlyBudgetUsd'],
    message: 'needs alarmEmail, the one to be told',
    // Told beside all other problems.
    when: () => true,
  })
  .superRefine(({ jwtIssuer, jwtAudience, jwtRolesClaim }, context) => {
    const needs = (key: string, other: string) => context.addIssue({ code: 'custom', path: [key], message: `needs ${other}` });
    if (jwtIssuer !== undefined && jwtAudience === undefined) needs('jwtIssuer', 'jwtAudience, whom tokens must be for');
    if (jwtIssuer === undefined && jwtAudience !== undefined) needs('jwtAudience', 'jwtIssuer, who signs tokens');
    if (jwtIssuer === undefined && jwtRolesClaim !== undefined) needs('jwtRolesClaim', 'jwtIssuer, who signs tokens');
  });

type Parsed = z.infer<typeof Settings>;

/** What a program may set of a control plane; all but the environment has a default. */
export type SettingsInput = Readonly<z.input<typeof Settings>>;

/** What a stack may configure, `slipway:<key>` in Pulumi.<stack>.yaml. */
export interface Settings extends Readonly<Omit<Parsed, 'deployment'>> {
  readonly deployment: (typeof DEPLOYMENTS)[number];
  /** Whether data resources are protected and kept when the stack goes. */
  readonly protectData: boolean;
}

interface Source {
  /** `The configuration of stack production`. */
  readonly subject: string;
  /** Before each key: `slipway:`. */
  readonly prefix: string;
  readonly mend: string;
}

/** Settings with their defaults; every problem is reported at once. */
export function checkSettings(values: unknown, { subject, prefix, mend }: Source): Settings {
  const parsed = Settings.safeParse(values);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => describe(issue, prefix)).join('\n');
    throw new RunError(`${subject} is wrong:\n${problems}\n${mend}`);
  }
  const disposable = isDisposable(parsed.data.environment);
  return {
    ...parsed.data,
    deployment: parsed.data.deployment ?? (disposable ? 'LambdaAllAtOnce' : 'LambdaCanary10Percent5Minutes'),
    protectData: !disposable,
  };
}

function describe(issue: z.core.$ZodIssue, prefix: string): string {
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
    return `  ${prefix}${issue.keys.join(`, ${prefix}`)}: unknown; known are ${Object.keys(Settings.shape).join(', ')}`;
  }
  const [key, ...rest] = issue.path;
  const message = (issue.code === 'invalid_key' && issue.issues[0]?.message) || issue.message;
  return `  ${prefix}${String(key)}${rest.map((part) => `[${String(part)}]`).join('')}: ${message}`;
}

/** Values that are not plain strings arrive from Pulumi as JSON. */
function decode(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Reads the configuration of a stack. `all` has keys such as `slipway:environment`. */
export function readSettings(stack: string, all: { readonly [key: string]: string }): Settings {
  const own = Object.entries(all).flatMap(([key, value]) =>
    key.startsWith('slipway:') ? [[key.slice('slipway:'.length), key === 'slipway:environment' ? value : decode(value)]] : [],
  );
  return checkSettings(
    { environment: stack, ...Object.fromEntries(own) },
    {
      subject: `The configuration of stack ${stack}`,
      prefix: 'slipway:',
      mend: `Mend Pulumi.${stack}.yaml, or use: pulumi config set slipway:<key> <value>`,
    },
  );
}
