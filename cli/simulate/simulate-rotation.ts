import { RotationBusyError } from '../../shared/errors/secret-errors.ts';
import { SlipwayError } from '../../shared/errors/slipway-error.ts';
import { CURRENT, PENDING } from '../../shared/ports/secrets.ts';
import { loadRotation } from '../../shared/secrets/rotation/change-rotation.ts';
import { versionWith } from '../../shared/secrets/rotation/rotation-context.ts';
import type { SystemName } from '../../shared/secrets/rotation/rotation-settings.ts';
import { type RotationStanding, rotationStanding } from '../../shared/secrets/rotation/rotation-standing.ts';
import { isOpen } from '../../shared/secrets/rotation/rotation-state.ts';
import { parseSecret } from '../../shared/secrets/secret-document.ts';
import type { RotationFailure } from './rotation-failures.ts';
import { FIRST, SECRET, SimulatedWorld } from './simulated-world.ts';

export interface SimulatedRotation {
  /** ms from the asking. */
  readonly told: readonly { readonly after: number; readonly type: string; readonly why?: string }[];
  readonly outcome: 'rotated' | 'unchanged';
  /** Why it did not go on. */
  readonly stoppedBy?: { readonly code: string; readonly message: string; readonly next?: string };
  /** Times that the process died and another went on. */
  readonly deaths: number;
  /** Logins of an application that reads the secret again within the overlap. */
  readonly logins: { readonly tried: number; readonly refused: number };
  /** What must be true in the end. */
  readonly checks: readonly { readonly holds: boolean; readonly what: string }[];
}

const LOOK_MS = 5000;

/** One rotation under one failure, by the real steps against a simulated server, until nothing is left to do. */
export async function simulateRotation(
  failure: RotationFailure,
  { system, overlap }: { readonly system: SystemName; readonly overlap: number },
): Promise<SimulatedRotation> {
  const stand = failure.stand?.() ?? ((_effect, perform) => perform());
  const world = new SimulatedWorld(system, overlap, stand);
  await world.prepare();
  await failure.before?.(world);
  const before = { version: await currentVersion(world), credentials: world.server.credentials.join() };
  const [token = 'one', ...rivals] = failure.tokens ?? ['one'];
  const began = world.clock.now();
  const application = new Application(world);
  let refusal = await refusalOf(world.ask(token));
  for (const rival of rivals) await refusalOf(world.ask(rival));
  // Longer than anything waits here, the overlaps included.
  for (let asks = 1; world.clock.now() < began + 4 * 3_600_000 + 3 * overlap; ) {
    await world.pass(LOOK_MS);
    await application.logIn();
    if (await isUnderWay(world, token)) continue;
    if (!(refusal instanceof RotationBusyError) || asks >= ASKS) break;
    // A person would ask again when that is over.
    asks += 1;
    refusal = await refusalOf(world.ask(token));
  }
  await world.end();
  const standing = await standingOf(world, token);
  return report(world, { failure, standing, refusal, application, began, before });
}

const ASKS = 3;

const refusalOf = (asking: Promise<void>): Promise<unknown> =>
  asking.then(
    () => undefined,
    (error: unknown) => error,
  );

const currentVersion = async (world: SimulatedWorld): Promise<string | undefined> => {
  const secret = await world.secrets.describe(SECRET);
  return secret && versionWith(secret, CURRENT);
};

const standingOf = (world: SimulatedWorld, token: string): Promise<RotationStanding> =>
  rotationStanding(world, { secretId: SECRET, token }).catch((): RotationStanding => ({ status: 'unknown' }));

/** The rotation, one that is pending beside it, or the revocation that follows. */
async function isUnderWay(world: SimulatedWorld, token: string): Promise<boolean> {
  const secret = await world.secrets.describe(SECRET);
  const pending = secret && versionWith(secret, PENDING);
  const tokens = pending === undefined ? [token] : [token, pending];
  const standings = await Promise.all(tokens.map((one) => standingOf(world, one)));
  if (standings.some(({ status }) => status === 'pending')) return true;
  return isOpen((await loadRotation(world, SECRET))?.window);
}

/** Logs in again and again, and reads the secret at the end of each overlap: what it has cached is as old as it may be. */
class Application {
  readonly #world: SimulatedWorld;
  #read: { readonly at: number; readonly fields: Awaited<ReturnType<SimulatedWorld['current']>> } | undefined;
  tried = 0;
  refused = 0;

  constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  async logIn(): Promise<void> {
    const { clock, overlap, server } = this.#world;
    if (!this.#read?.fields || clock.now() - this.#read.at >= overlap - LOOK_MS) {
      this.#read = { at: clock.now(), fields: await this.#world.current() };
    }
    this.tried += 1;
    if (!this.#read.fields || !server.admits(this.#read.fields)) this.refused += 1;
  }
}

interface Ended {
  readonly failure: RotationFailure;
  readonly standing: RotationStanding;
  readonly refusal: unknown;
  readonly application: Application;
  readonly began: number;
  /** The rotation. */
  readonly before: { readonly version: string | undefined; readonly credentials: string };
}

async function report(world: SimulatedWorld, ended: Ended): Promise<SimulatedRotation> {
  const { standing, refusal, application, began, before } = ended;
  const told = world.events.map(({ at, type, data }) => ({
    after: at - began,
    type,
    ...(typeof data['message'] === 'string' ? { why: data['message'] } : {}),
  }));
  const { tried, refused } = application;
  const why = standing.status === 'failed' ? standing.failure : refusal instanceof SlipwayError ? refusal : undefined;
  return {
    told,
    outcome: (await currentVersion(world)) === before.version ? 'unchanged' : 'rotated',
    ...(why
      ? { stoppedBy: { code: why.code, message: why.message, ...(why.next === undefined ? {} : { next: why.next }) } }
      : {}),
    ...{ deaths: world.deaths, logins: { tried, refused } },
    checks: await checksOf(world, ended, refused),
  };
}

async function checksOf(world: SimulatedWorld, { failure: { lockedOut }, before }: Ended, refused: number) {
  const current = await world.current();
  const admitted = current !== undefined && world.server.admits(current);
  const left = await leftAtServer(world);
  const said = JSON.stringify(world.events);
  return [
    lockedOut
      ? {
          holds: admitted || world.server.credentials.join() === before.credentials,
          what: 'nobody got in before, and nothing is worse',
        }
      : { holds: admitted, what: 'the server takes the credential that applications read' },
    ...(lockedOut || !world.system.overlaps
      ? []
      : [{ holds: refused === 0, what: 'no application was refused that reads the secret again within the overlap' }]),
    { holds: left.length === 0, what: 'nothing is valid at the server that no version of the secret holds' },
    { holds: ![FIRST, 'made-password', 'left-behind'].some((value) => said.includes(value)), what: 'no event holds a value' },
  ];
}

/** Credentials of ours that the server takes, and nobody knows of. */
async function leftAtServer(world: SimulatedWorld): Promise<readonly string[]> {
  const known = new Set<string>();
  for (const version of (await world.secrets.describe(SECRET))?.versions.keys() ?? []) {
    const found = await world.secrets.read(SECRET, { version });
    try {
      const { username, password } = found ? parseSecret(found.text).fields : {};
      known.add(`${String(username)}:${String(password)}`);
    } catch {
      // Half a document holds no credential.
    }
  }
  return world.server.credentials.filter((one) => /made-password|left-behind/.test(one) && !known.has(one));
}
