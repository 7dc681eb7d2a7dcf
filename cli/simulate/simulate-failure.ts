import { UsageError } from '../cli-errors.ts';
import { EXIT } from '../exit-codes.ts';
import { timeSpan, whole } from '../render/figures.ts';
import type { Paint } from '../render/paint.ts';
import { oneLine } from '../render/printable.ts';
import { table } from '../render/table.ts';
import type { Session } from '../session.ts';
import { ROTATION_FAILURES } from './rotation-failures.ts';
import { type SimulatedRotation, simulateRotation } from './simulate-rotation.ts';

/** As environments that people depend on are called. */
const PRODUCTION = /^prod/;

/** What a rotation of this secret, as it is set, would come to under a failure. Nothing is rotated, and no server is asked. */
export async function simulateFailure(
  session: Session,
  name: string,
  { secretId, environment }: { readonly secretId: string; readonly environment: string | undefined },
): Promise<void> {
  const failures = Object.entries(ROTATION_FAILURES).map(([failure, { what }]) => ({ failure, what }));
  if (name === 'list') {
    return session.result({ failures }, (safe) => table(safe.failures.map(({ failure, what }) => [failure, what])));
  }
  const failure = Object.hasOwn(ROTATION_FAILURES, name) ? ROTATION_FAILURES[name] : undefined;
  if (!failure) {
    throw new UsageError(`No failure is called ${JSON.stringify(name)}.`, {
      next: `slipway secrets rotate ${secretId} --simulate list`,
    });
  }
  const client = await session.client();
  const { id, system, overlap, environment: where } = await client.call('get-secret', { secretId, environment });
  if (PRODUCTION.test(where)) {
    throw new UsageError(`Failures are not played for secrets of ${where}.`, { next: 'Name a secret of another environment.' });
  }
  const simulated = await simulateRotation(failure, { system, overlap });
  if (simulated.checks.some(({ holds }) => !holds)) session.exitCode = EXIT.error;
  session.result({ id, failure: name, what: failure.what, system, ...simulated }, (safe, paint) => [
    `${paint.bold(`${safe.id} (${safe.system})`)}, simulated: ${safe.what}`,
    ...simulatedLines(safe, paint),
  ]);
}

function simulatedLines({ told, outcome, stoppedBy, deaths, logins, checks }: SimulatedRotation, paint: Paint): string[] {
  const events = told.map(({ after, type, why }) => [`  ${timeSpan(after / 1000)}`, type, why === undefined ? '' : oneLine(why)]);
  const died = deaths === 0 ? '' : `; the process died ${deaths === 1 ? 'once' : `${deaths} times`}, and the next one went on`;
  return [
    ...table(events, [0]),
    outcome === 'rotated' ? paint.green(`The secret is rotated${died}.`) : paint.yellow(`The secret is unchanged${died}.`),
    ...(stoppedBy ? [`  ${oneLine(stoppedBy.message)}`, ...(stoppedBy.next ? [`  Next: ${oneLine(stoppedBy.next)}`] : [])] : []),
    `An application logged in ${whole(logins.tried)} times meanwhile; ${whole(logins.refused)} were refused.`,
    ...checks.map(({ holds, what }) => (holds ? paint.green(`  holds  ${what}`) : paint.red(`  FAILS  ${what}`))),
  ];
}
