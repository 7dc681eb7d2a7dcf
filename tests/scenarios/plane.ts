import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { FileAlarmShelf } from '../../adapters/embedded/metrics/file-alarm-shelf.ts';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import { systemIds } from '../../adapters/embedded/system-ids.ts';
import { AccessTokens } from '../../local/access-tokens.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../../local/control-plane.ts';
import type { EndpointInput, EndpointName, EndpointOutput } from '../../shared/api/endpoints.ts';
import type { ProblemDetail } from '../../shared/api/problem-detail.ts';
import type { RunView } from '../../shared/api/run-view.ts';
import type { PlanInput } from '../../shared/plan/plan.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { apiRequest } from './api-request.ts';
import { ShiftedClock } from './shifted-clock.ts';
import { TASKS } from './user-tasks.ts';

interface PlaneOptions extends Pick<ControlPlaneOptions, 'onRequest' | 'webhooksToLocalhost' | 'tokenIssuer'> {
  /** Takes what must be done in the end; left out, the end of the test does it. */
  readonly onEnd?: (tidy: () => Promise<void>) => void;
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** What a poll is answered: no body where nothing is new (304). */
export interface Polled<Name extends EndpointName> {
  readonly status: number;
  readonly etag: string;
  readonly body: EndpointOutput<Name> | undefined;
}

/** Asks whether what was answered with an ETag is as it was. */
export async function pollWith<Name extends EndpointName>(
  request: (headers: Readonly<Record<string, string>>) => Promise<Response>,
  etag: string | undefined,
): Promise<Polled<Name>> {
  const response = await request(etag === undefined ? {} : { 'if-none-match': etag });
  const text = await response.text();
  const body = text === '' ? undefined : (JSON.parse(text) as EndpointOutput<Name>);
  return { status: response.status, etag: response.headers.get('etag') ?? '', body };
}

/** A control plane on a directory of its own, with a folder of user code; everything goes when the test ends. */
export class Plane {
  readonly folder: string;
  readonly #clock: ShiftedClock;
  readonly #options: PlaneOptions;
  #plane: ControlPlane;

  private constructor(folder: string, plane: ControlPlane, options: PlaneOptions, clock: ShiftedClock) {
    this.folder = folder;
    this.#clock = clock;
    this.#plane = plane;
    this.#options = options;
  }

  static async start(options: PlaneOptions = {}): Promise<Plane> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-scenario-'));
    await mkdir(join(folder, 'plan'));
    await writeFile(join(folder, 'plan', 'tasks.ts'), TASKS);
    const clock = new ShiftedClock();
    const plane = new Plane(folder, await boot(folder, options, clock), options, clock);
    (options.onEnd ?? onTestFinished)(async () => {
      await plane.#plane.close();
      await rm(folder, { recursive: true, force: true });
    });
    return plane;
  }

  get url(): string {
    return this.#plane.url;
  }

  get token(): string {
    return this.#plane.token;
  }

  /** Where the team names alarms of its own. */
  get ownAlarms(): ControlPlane['alarms'] {
    return this.#plane.alarms;
  }

  get dynamodb(): string {
    return this.#plane.dynamodb;
  }

  /** Names of Slipway's own tables. */
  get tables(): readonly string[] {
    return this.#plane.wiring.tables.map(({ name }) => name);
  }

  get readyMs(): number {
    return this.#plane.readyMs;
  }

  get baseDir(): string {
    return join(this.folder, 'plan');
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  /** Ends as a crash would, whatever is under way, and starts again on the same directory. */
  async restart(): Promise<void> {
    await this.#plane.close();
    this.#plane = await boot(this.folder, this.#options, this.#clock);
  }

  /** Calls a function by its name, as what triggers it would. */
  invoke(name: string, event: unknown): Promise<unknown> {
    return this.#plane.invoke(name, event);
  }

  /** Puts its clock forward; what it sleeps for is not cut short. */
  forward(ms: number): void {
    this.#clock.forward(ms);
  }

  async stop(): Promise<void> {
    await this.#plane.close();
  }

  async call<Name extends EndpointName>(name: Name, input: EndpointInput<Name>): Promise<EndpointOutput<Name>> {
    const { status, body } = await this.send(name, input);
    if (status !== 200) throw new Error(`${name} answered ${status}: ${JSON.stringify(body)}`);
    return body as EndpointOutput<Name>;
  }

  async refused<Name extends EndpointName>(name: Name, input: EndpointInput<Name>): Promise<ProblemDetail> {
    const { status, body } = await this.send(name, input);
    if (status === 200) throw new Error(`${name} was not refused: ${JSON.stringify(body)}`);
    return body as ProblemDetail;
  }

  async send<Name extends EndpointName>(
    name: Name,
    input: EndpointInput<Name>,
    token = this.token,
    key?: string,
  ): Promise<Answer<unknown>> {
    const { method, path, body } = apiRequest(name, input);
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, body: await response.json() };
  }

  poll<Name extends EndpointName>(name: Name, input: EndpointInput<Name>, etag?: string): Promise<Polled<Name>> {
    const { path } = apiRequest(name, input);
    const authorization = `Bearer ${this.token}`;
    return pollWith((headers) => fetch(`${this.url}${path}`, { headers: { authorization, ...headers } }), etag);
  }

  /** A token that has these roles, such as `staging:viewer`. */
  async tokenOf(...roles: readonly string[]): Promise<string> {
    const { token } = await new AccessTokens(this.dataDir, systemClock).create({ actor: 'guest', roles }, systemIds());
    return token;
  }

  /** Starts a run of a plan whose user code is the scenario's. */
  async startRun(plan: PlanInput, options: Partial<EndpointInput<'start-run'>> = {}): Promise<string> {
    const answer = await this.call('start-run', { ...this.source(plan), ...options });
    if (answer.dryRun) throw new Error('It was a dry run.');
    return answer.run.id;
  }

  source(plan: PlanInput) {
    return { plan: { text: JSON.stringify(plan), file: 'plan.json' }, baseDir: this.baseDir };
  }

  /** Asks again and again until the run is as wanted. */
  async until(runId: string, wanted: (run: RunView) => boolean): Promise<RunView> {
    for (;;) {
      const run = await this.call('get-run', { runId });
      if (wanted(run)) return run;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Waits until nothing more happens by itself. */
  ended(runId: string): Promise<RunView> {
    return this.until(runId, ({ resting }) => resting);
  }

  /** What the scenario's tasks have done, in order: lines of `method item`. */
  async ledger(): Promise<string[]> {
    const text = await readFile(join(this.baseDir, 'ledger.txt'), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  /** Names of the alarms that guard a run. */
  async alarms(runId: string): Promise<string[]> {
    const kept = await new FileAlarmShelf(join(this.dataDir, 'alarms.json')).read();
    return kept.map(({ alarm }) => alarm.name).filter((name) => name.includes(runId));
  }

  /** A file beside the plan that the scenario's tasks look for. */
  async put(name: string, text = ''): Promise<void> {
    await writeFile(join(this.baseDir, name), text);
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.baseDir, name), { force: true });
  }
}

const boot = (
  folder: string,
  { onRequest, webhooksToLocalhost, tokenIssuer }: PlaneOptions,
  clock: Clock,
): Promise<ControlPlane> =>
  startControlPlane({
    dataDir: join(folder, 'data'),
    port: 0,
    log: (line) => process.env['SCENARIO_LOG'] && console.log(line),
    ...(onRequest === undefined ? {} : { onRequest }),
    clock,
    ...(webhooksToLocalhost === undefined ? {} : { webhooksToLocalhost }),
    ...(tokenIssuer && { tokenIssuer }),
  });
