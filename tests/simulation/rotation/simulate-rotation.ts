import { MemorySecrets } from '../../../adapters/memory/secrets.ts';
import { seededIds } from '../../../adapters/memory/seeded-ids.ts';
import { alternating, dual, SimServer, single } from '../../../adapters/memory/simulated-servers.ts';
import { MemoryStore } from '../../../adapters/memory/store.ts';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { SlipwayError } from '../../../shared/errors/slipway-error.ts';
import type { Ids } from '../../../shared/ports/ids.ts';
import { CURRENT, PENDING } from '../../../shared/ports/secrets.ts';
import { loadRotation } from '../../../shared/secrets/rotation/change-rotation.ts';
import { giveUpRotation } from '../../../shared/secrets/rotation/give-up-rotation.ts';
import { restoreOld } from '../../../shared/secrets/rotation/restore-old.ts';
import { revokeOld, type Window } from '../../../shared/secrets/rotation/revoke-old.ts';
import type { RotatedSystem } from '../../../shared/secrets/rotation/rotated-system.ts';
import type { RotationDeps } from '../../../shared/secrets/rotation/rotation-context.ts';
import { isOpen } from '../../../shared/secrets/rotation/rotation-state.ts';
import { rotationStep, STEPS } from '../../../shared/secrets/rotation/rotation-steps.ts';
import { parseSecret } from '../../../shared/secrets/secret-document.ts';
import { Crash, Fate } from './crash.ts';

const SECRET = 'db';
const OVERLAP = 900_000;
const SYSTEMS = { dual, alternating, single };

export interface Simulated {
  readonly violations: readonly string[];
  readonly crashes: number;
  readonly rotations: number;
}

/** Rotations of one secret under crashes, repeats, rivals and outages, and what must be true of it at every moment and at the end. */
export async function simulateRotation(seed: number): Promise<Simulated> {
  return new RotationSimulation(seed).run();
}

class RotationSimulation {
  readonly #ids: Ids;
  readonly #clock = new VirtualClock(1_000_000);
  readonly #store = new MemoryStore();
  readonly #secrets = new MemorySecrets();
  readonly #server = new SimServer('app', 'first');
  readonly #system: RotatedSystem;
  readonly #windows: Window[] = [];
  readonly #violations: string[] = [];
  #crashes = 0;
  #tokens = 0;

  constructor(seed: number) {
    this.#ids = seededIds(seed, this.#clock);
    this.#system = this.#pick(Object.values(SYSTEMS))(this.#server);
    this.#secrets.create(SECRET, 'v0', JSON.stringify({ host: 'h', username: 'app', password: 'first' }));
  }

  async run(): Promise<Simulated> {
    const rotations = 1 + this.#below(3);
    for (let rotation = 0; rotation < rotations; rotation += 1) await this.#rotate(this.#below(4) === 0);
    // The last one is mostly carried through, as a schedule would see to; else one that died while it was finished has to end by itself.
    if (this.#below(4) > 0) await this.#rotate(false);
    await this.#settle();
    await this.#judgeEnd();
    return { violations: this.#violations, crashes: this.#crashes, rotations: rotations + 1 };
  }

  /** Called step after step, each until it has succeeded; `abandoned`: its caller gives up somewhere. */
  async #rotate(abandoned: boolean): Promise<void> {
    const token = `t${++this.#tokens}`;
    this.#secrets.begin(SECRET, token, PENDING);
    const last = abandoned ? this.#below(STEPS.length) : STEPS.length;
    for (const step of STEPS.slice(0, last)) {
      for (let attempt = 0; !(await this.#attempt(step, token, attempt > 8)); attempt += 1) {
        if (attempt > 40) return void this.#violations.push(`${step} of ${token} never succeeds`);
        await this.#time(this.#below(8) === 0 ? 3 * OVERLAP : this.#below(60_000));
        if (attempt > 6) await this.#time(OVERLAP);
      }
      if (this.#below(5) === 0) await this.#attempt(this.#pick(STEPS), token, false);
      if (this.#below(6) === 0) await this.#rivals(step, token);
    }
    const next = STEPS[last];
    if (next && this.#below(2) === 0) return this.#giveUp(next, token);
    if (next) await this.#attempt(next, token, false);
    if (last === STEPS.length && this.#below(4) === 0) await this.#takeBack(token);
    else if (this.#system.overlaps && last === STEPS.length && this.#below(5) === 0) await this.#byHand(token);
    await this.#time(this.#below(3) * OVERLAP);
  }

  /** While its next step is taken: whoever was told that it is given up never sees it become the current one. */
  async #giveUp(step: string, token: string): Promise<void> {
    let over = false;
    const giveUp = this.#invoke(async (deps) => {
      over = await giveUpRotation(deps, { secretId: SECRET, token });
    }, true);
    await Promise.all([this.#attempt(step, token, false), giveUp]);
    if (!over) return;
    for (const each of STEPS) await this.#attempt(each, token, false);
    if ((await this.#secrets.read(SECRET, { stage: CURRENT }))?.version === token)
      this.#violations.push(`${token} was given up and is current`);
  }

  /** A person moves the label back without asking anybody. */
  async #byHand(token: string): Promise<void> {
    const { window } = (await loadRotation({ store: this.#store }, SECRET)) ?? {};
    if (window?.token !== token || window.status !== 'open') return;
    await this.#secrets.moveStage(SECRET, CURRENT, { from: token, to: window.old });
  }

  async #rivals(step: string, token: string): Promise<void> {
    await Promise.all([this.#attempt(step, token, false), this.#attempt(step, token, false)]);
  }

  async #takeBack(token: string): Promise<void> {
    if (this.#below(3) === 0) return this.#takeBackAtTheEnd(token);
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const done = await this.#invoke((deps) => restoreOld(deps, { secretId: SECRET, token }), attempt > 8);
      if (done !== 'crashed') return;
    }
  }

  /** In the moment in which the old credential is revoked. */
  async #takeBackAtTheEnd(token: string): Promise<void> {
    const { window } = (await loadRotation({ store: this.#store }, SECRET)) ?? {};
    await this.#clock.advanceTo(window?.revokeAt ?? this.#clock.now());
    await Promise.all([
      this.#invoke((deps) => restoreOld(deps, { secretId: SECRET, token }), true),
      ...this.#windows.map((each) => this.#invoke((deps) => revokeOld(deps, each), true)),
    ]);
    await this.#judge();
  }

  async #attempt(step: string, token: string, safe: boolean): Promise<boolean> {
    this.#server.down = !safe && this.#below(10) === 0;
    const outcome = await this.#invoke((deps) => rotationStep(deps, step, { secretId: SECRET, token }), safe);
    this.#server.down = false;
    await this.#judge();
    return outcome === 'done';
  }

  /** Every call outside passes through the fate of its invocation. */
  async #invoke(call: (deps: RotationDeps) => Promise<unknown>, safe: boolean): Promise<'done' | 'refused' | 'crashed'> {
    const fate = new Fate(safe ? 0 : this.#below(40), this.#below(2) === 0, () => this.#below(4));
    const workflow = {
      start: async (_machine: string, name: string, input: unknown) => {
        if (!this.#windows.some(({ token, since }) => `revoke-${token}-${since}` === name)) this.#windows.push(input as Window);
        return { arn: name };
      },
    };
    const deps: RotationDeps = {
      ...{ store: fate.over(this.#store), secrets: fate.over(this.#secrets), workflow: fate.over(workflow) },
      ...{ system: this.#fated(fate), events: { publish: async () => {} }, ids: this.#ids, overlap: OVERLAP },
      clock: { now: () => this.#clock.now(), sleep: async () => {} },
      make: () => `p${Math.floor(this.#ids.random() * 1e9)}`,
    };
    try {
      await call(deps);
      return 'done';
    } catch (error) {
      if (error instanceof Crash) {
        this.#crashes += 1;
        return 'crashed';
      }
      if (error instanceof SlipwayError) return 'refused';
      throw error;
    }
  }

  #fated(fate: Fate): RotatedSystem {
    const { admits, install, revoke, ...pure } = this.#system;
    return { ...pure, ...fate.over({ admits, install, revoke }) };
  }

  /** Time goes by, and with it the windows whose wait is over. */
  async #time(ms: number): Promise<void> {
    await this.#clock.advanceTo(this.#clock.now() + ms);
    for (const window of this.#windows) {
      await this.#invoke((deps) => revokeOld(deps, window), false);
      await this.#judge();
    }
  }

  async #settle(): Promise<void> {
    for (let round = 0; round < 6; round += 1) {
      await this.#clock.advanceTo(this.#clock.now() + 2 * OVERLAP);
      for (const window of this.#windows) await this.#invoke((deps) => revokeOld(deps, window), true);
    }
  }

  /** At every moment: what applications read as current is let in, and so is what they read before, for its time. */
  async #judge(): Promise<void> {
    const current = await this.#secrets.read(SECRET, { stage: CURRENT });
    if (!current) return void this.#violations.push('there is no current version');
    const overlaps = this.#system.overlaps;
    if (overlaps && !this.#server.admits(parseSecret(current.text).fields))
      this.#violations.push(`${current.version} is not let in`);
    const { window } = (await loadRotation({ store: this.#store }, SECRET)) ?? {};
    if (!overlaps || !isOpen(window) || (window.revokeAt ?? Number.POSITIVE_INFINITY) <= this.#clock.now()) return;
    const old = await this.#secrets.read(SECRET, { version: window.old });
    if (old && !this.#server.admits(parseSecret(old.text).fields)) this.#violations.push(`${old.version} has lost its time`);
  }

  /** The server lets in what is current, and what a rotation that was given up has left: that is remembered, and the next takes it over. */
  async #judgeEnd(): Promise<void> {
    const { window, pending } = (await loadRotation({ store: this.#store }, SECRET)) ?? {};
    const current = await this.#credential({ stage: CURRENT });
    const known = [current, ...(pending === undefined ? [] : [await this.#credential({ version: pending })])];
    const left = this.#server.credentials;
    if (this.#system.overlaps && !left.includes(current)) this.#violations.push(`the server refuses ${current}`);
    if (left.some((one) => !known.includes(one)))
      this.#violations.push(`the server lets in ${left.join(', ')}, known are ${known.join(', ')}`);
    const { versions } = (await this.#secrets.describe(SECRET)) ?? { versions: new Map<string, string[]>() };
    const holders = [...versions].filter(([, stages]) => stages.includes(CURRENT));
    if (holders.length !== 1) this.#violations.push(`${holders.length} versions are current`);
    if (isOpen(window)) this.#violations.push(`the window of ${window.token} is ${window.status} for ever`);
  }

  async #credential(of: { readonly stage: string } | { readonly version: string }): Promise<string> {
    const found = await this.#secrets.read(SECRET, of);
    const { username, password } = parseSecret(found?.text ?? '{}').fields;
    return `${String(username)}:${String(password)}`;
  }

  #below = (bound: number): number => Math.floor(this.#ids.random() * bound);
  #pick = <T>(from: readonly T[]): T => from[this.#below(from.length)] as T;
}
