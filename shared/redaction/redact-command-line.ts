import { redactText } from './redact-text.ts';
import { isSecretName, REDACTED } from './secret-name.ts';

/** Programs whose `-p` is a password, and no port or path. */
const PASSWORD_BY_P = /^(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mariadb-admin|sshpass|mongosh?|mongodump|7za?)$/;
/** Options whose next argument is a secret, by program. */
const SECRET_OPTIONS: { readonly [program: string]: readonly string[] } = {
  sshpass: ['-p'],
  'redis-cli': ['-a'],
  docker: ['-p'],
  mongosh: ['-p'],
  curl: ['-u', '--user', '--proxy-user', '-U'],
  wget: ['--http-password'],
};

/** An argument vector as it may be shown: `--password X`, `--token=X`, `-pX`, `NAME=X` and whatever is a secret by its form. */
export function redactCommandLine(argv: readonly string[]): string[] {
  const program = (argv[0] ?? '').replace(/^.*\//, '');
  let next = false;
  return argv.map((argument, at) => {
    if (next) {
      next = false;
      return REDACTED;
    }
    next = at > 0 && takesSecret(program, argument);
    return next ? argument : redactArgument(program, argument);
  });
}

const takesSecret = (program: string, option: string): boolean =>
  (/^--?[A-Za-z]/.test(option) && !option.includes('=') && option.length > 2 && isSecretName(option.replace(/^-+/, ''))) ||
  (Object.hasOwn(SECRET_OPTIONS, program) && SECRET_OPTIONS[program]?.includes(option)) === true;

function redactArgument(program: string, argument: string): string {
  const assigned = /^(--?[\w.-]{1,64}|[A-Za-z_]\w{0,63})=/.exec(argument);
  if (assigned?.[1] !== undefined && isSecretName(assigned[1].replace(/^-+/, ''))) return `${assigned[1]}=${REDACTED}`;
  // `-p5432`, `-p8080:80` and `-p/path` are ports and paths, unless the program says otherwise.
  if (/^-p./.test(argument) && (PASSWORD_BY_P.test(program) || !/^-p(?:[\d:]+$|[./])/.test(argument))) return `-p${REDACTED}`;
  return redactText(argument);
}
