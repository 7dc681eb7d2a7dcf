import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_LIMITS } from '../../shared/admission/default-limits.ts';
import { LEVELS, type Level } from '../../shared/ports/telemetry.ts';
import { UsageError } from '../cli-errors.ts';
import { parseDuration, parseWhole } from '../options.ts';
import { timeOfDay } from '../render/figures.ts';
import { printable } from '../render/printable.ts';
import { DATA_DIR, type Session } from '../session.ts';

interface DevOptions {
  readonly port: number;
  readonly host: string;
  readonly metricsPort?: number;
  readonly logLevel: Level;
  readonly logFile?: string;
  readonly limits?: true;
  readonly keep: number;
  readonly webhooksToLocalhost?: true;
  readonly jwtIssuer?: string;
  readonly jwtAudience?: readonly string[];
  readonly jwtRolesClaim: string;
}

function parseKept(text: string): number {
  const kept = parseDuration(text);
  if (kept >= 3_600_000) return kept;
  throw new InvalidArgumentError('It must be at least 1h.');
}

/** As tokens name it: to the letter. */
function parseIssuer(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname))) return text;
  throw new InvalidArgumentError('It must be the https address of an OpenID provider, as its tokens say it.');
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;
const DEFAULT_ROLES_CLAIM = 'slipway:roles';

function issuerOf(issuer: string | undefined, audience: readonly string[] | undefined, rolesClaim: string) {
  if (issuer !== undefined && audience !== undefined) return { issuer, audience, rolesClaim };
  const next = 'slipway dev --jwt-issuer https://login.example.org/ --jwt-audience slipway';
  if (issuer !== undefined) throw new UsageError('--jwt-issuer needs --jwt-audience, whom its tokens must be for.', { next });
  if (audience !== undefined) throw new UsageError('--jwt-audience needs --jwt-issuer, who signs the tokens.', { next });
  if (rolesClaim !== DEFAULT_ROLES_CLAIM)
    throw new UsageError('--jwt-roles-claim needs --jwt-issuer, who signs the tokens.', { next });
  return undefined;
}

export const addDev = (program: Command, session: Session): Command =>
  program
    .command('dev')
    .description('run the embedded control plane here until Ctrl-C; what is under way goes on at the next start')
    .option('--port <port>', 'where it listens; 0: any that is free', parseWhole(0, 65_535), 4400)
    .option('--host <address>', 'whom it listens to; 0.0.0.0: every machine that reaches this one and has the token', '127.0.0.1')
    .option('--metrics-port <port>', 'serves /metrics there as well, without the token', parseWhole(0, 65_535))
    .addOption(
      new Option('--log-level <level>', 'from which level on functions log to --log-file').choices(LEVELS).default('info'),
    )
    .option('--log-file <file>', 'takes what functions log, as lines of JSON')
    .option('--limits', 'limit what each person starts, as where it is deployed; without it, only how many runs are under way')
    .option(
      '--keep <duration>',
      'how long runs are kept after their end, with their events, such as 30d',
      parseKept,
      parseKept('30d'),
    )
    .option('--webhooks-to-localhost', 'let webhooks be on this machine, by http too: to try them out')
    .option('--jwt-issuer <url>', 'lets people in with the tokens of this OpenID provider as well', parseIssuer)
    .option('--jwt-audience <names...>', 'whom those tokens must be for: any of these')
    .option('--jwt-roles-claim <name>', 'the claim of such a token that holds its roles', DEFAULT_ROLES_CLAIM)
    .action(async ({ logFile, limits, keep, jwtIssuer, jwtAudience, jwtRolesClaim, ...options }: DevOptions) => {
      const { shell, dataDir = DATA_DIR, errorPaint } = session;
      const stop = Promise.withResolvers<void>();
      const ignore = shell.onInterrupt(() => stop.resolve());
      const { startControlPlane } = await import('../../local/control-plane.ts');
      const log = (line: string) =>
        shell.err.write(`${errorPaint.dim(timeOfDay(shell.clock.now()))} ${printable(line).trimEnd()}\n`);
      const tokenIssuer = issuerOf(jwtIssuer, jwtAudience, jwtRolesClaim);
      const logging = logFile === undefined ? {} : { logFile: resolve(shell.cwd, logFile) };
      const plane = await startControlPlane({
        dataDir: resolve(shell.cwd, dataDir),
        ...options,
        retention: keep,
        ...logging,
        ...(limits && { limits: DEFAULT_LIMITS }),
        ...(tokenIssuer && { tokenIssuer }),
        log,
      });
      const { url, dynamodb, readyMs, metricsUrl } = plane;
      const ready = { url, dynamodb, dataDir: resolve(shell.cwd, dataDir), pid: process.pid, readyMs };
      session.result({ ...ready, ...(metricsUrl === undefined ? {} : { metricsUrl }) }, (safe, paint) => [
        `${paint.bold('Slipway is ready')} at ${paint.cyan(safe.url)} after ${(safe.readyMs / 1000).toFixed(1)} s.`,
        '',
        `  data      ${safe.dataDir}`,
        `  token     ${safe.dataDir}/token (readable by you alone)`,
        `  tables    ${safe.dynamodb} (DynamoDB's protocol; any credentials do)`,
        ...(safe.metricsUrl === undefined ? [] : [`  metrics   ${safe.metricsUrl} (no token)`]),
        '',
        `In another terminal: ${session.commandLine('start', 'plan.yaml', '--watch')}`,
        'Ctrl-C stops it.',
      ]);
      try {
        await Promise.race([stop.promise, plane.failed.then((error) => Promise.reject(error))]);
        session.note('Stopping. Runs under way go on at the next start.');
      } finally {
        await plane.close();
        ignore();
      }
    });
