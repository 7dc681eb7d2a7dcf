import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { signing } from '../../../cli/sign-requests.ts';
import { ROTATORS } from '../../../functions/rotators.ts';
import { bundleFunctions } from '../../../infra/bundle.ts';
import { bundleFolder, program } from '../../../infra/program.ts';
import { recordProgram } from '../../../local/graph/recording-monitor.ts';
import type { ResourceGraph } from '../../../local/graph/resource-graph.ts';
import { LOCAL_LIMITS } from '../../../shared/admission/default-limits.ts';
import type { EndpointInput, EndpointName, EndpointOutput } from '../../../shared/api/endpoints.ts';
import type { ProblemDetail } from '../../../shared/api/problem-detail.ts';
import type { RunView } from '../../../shared/api/run-view.ts';
import type { PlanInput } from '../../../shared/plan/plan.ts';
import type { RecordedPlane } from '../../infra/iam/recorded-plane.ts';
import { WireRecorder } from '../../infra/iam/wire-recorder.ts';
import { apiRequest } from '../../scenarios/api-request.ts';
import { type Answer, type Polled, pollWith } from '../../scenarios/plane.ts';
import { AUDIENCE, TokenIssuer } from '../../scenarios/token-issuer.ts';
import { callFunction } from './call-function.ts';
import { type Clients, clientsOf, PLACE as PEER } from './clients.ts';
import { zipped } from './code.ts';
import { deploy } from './deploy.ts';
import { inDialect } from './dialect.ts';
import { MiniStack } from './ministack.ts';
import { inPolicyDialect } from './policy-dialect.ts';
import { bundleUserCode, declareSecret, declareTasks } from './user-functions.ts';

const ENVIRONMENT = 'test';
const PLACE = { partition: 'aws', region: 'us-east-1', account: '000000000000' };
const FUNCTION = /^slipway-test-/;
const TASK = /^slipway-test-task-/;
const ROTATOR = /^slipway-test-secret-/;
/** What a RotatedSecret consists of, which is beside the control plane. */
const BESIDE = /infra:(RotatedSecret|RotationAlarms)\$/;
/** Tables of the scenarios and of the cities example. */
const DATA_TABLES = ['places*', 'cities'];

/** As whoever deployed it. */
const signedFetch = signing(fetch, PLACE.region, { credentials: async () => PEER.credentials });

interface Made {
  readonly folder: string;
  readonly peer: MiniStack;
  readonly graph: ResourceGraph;
  readonly issuer: TokenIssuer;
  readonly token: string;
}

/** The control plane that the Pulumi program describes, deployed on MiniStack. */
export class PeerPlane implements RecordedPlane {
  readonly clients: Clients;
  readonly graph: ResourceGraph;
  /** What the functions ask of AWS. */
  readonly recorder: WireRecorder;
  /** What rotates a secret is held to its role elsewhere (rotated-secret.peer.ts). */
  readonly #unheld: WireRecorder;
  /** Signs the tokens of people. */
  readonly issuer: TokenIssuer;
  /** Of somebody who may do everything. */
  readonly token: string;
  readonly #folder: string;
  readonly #peer: MiniStack;

  private constructor({ folder, peer, graph, issuer, token }: Made) {
    this.#folder = folder;
    this.#peer = peer;
    this.graph = graph;
    this.issuer = issuer;
    this.token = token;
    this.clients = clientsOf(peer.endpoint);
    this.recorder = new WireRecorder({ upstream: peer.endpoint, place: PLACE });
    this.#unheld = new WireRecorder({ upstream: peer.endpoint, place: PLACE });
  }

  static async deploy(): Promise<PeerPlane> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-peer-'));
    const tasks = await bundleUserCode(join(folder, 'user'));
    const peer = await MiniStack.start(join(folder, 'peer'));
    const issuer = await TokenIssuer.listen(await peer.certificate());
    const config = {
      'slipway:dataTables': JSON.stringify(DATA_TABLES),
      'slipway:jwtIssuer': issuer.url,
      'slipway:jwtAudience': JSON.stringify([AUDIENCE]),
    };
    const whole = await recordProgram(ENVIRONMENT, config, async () => {
      const outputs = await program();
      declareTasks(ENVIRONMENT, tasks, join(folder, 'plan'));
      declareSecret(ENVIRONMENT);
      return outputs;
    });
    const graph = { ...whole, resources: whole.resources.filter(({ urn }) => !BESIDE.test(urn)) };
    await bundleFunctions();
    const token = await issuer.token('owner', '*:admin');
    const plane = new PeerPlane({ folder, peer, graph, issuer, token });
    try {
      await plane.#deploy(whole, tasks);
      // Scenarios are many runs of one person, as on a machine of one's own.
      await plane.call('put-limits', { limits: LOCAL_LIMITS, ifRev: 0, reason: 'scenarios' });
    } catch (error) {
      await plane.stop();
      throw error;
    }
    return plane;
  }

  async #deploy(whole: ResourceGraph, tasks: ReadonlyMap<string, string>): Promise<void> {
    const folderOf = (name: string) =>
      ROTATOR.test(name)
        ? bundleFolder(ROTATORS['two-keys'])
        : (tasks.get(name.replace(TASK, '')) ?? bundleFolder(name.replace(FUNCTION, '')));
    const ids = new Map<string, string>();
    const asMade = (text: string) =>
      [...ids].reduce((known, [from, to]) => (from.startsWith('arn:') ? known.replaceAll(from, to) : known), text);
    await deploy(whole, {
      clients: this.clients,
      ids,
      code: (name) => zipped(folderOf(name)),
      environment: async (name, variables) => {
        if (TASK.test(name)) return variables;
        const recorder = ROTATOR.test(name) ? this.#unheld : this.recorder;
        return { ...variables, AWS_ENDPOINT_URL: await recorder.endpointOf(name.replace(FUNCTION, '')) };
      },
      policy: (document) => inPolicyDialect(asMade(document)),
      definition: (asl) => inDialect(asl).definition,
    });
  }

  get dynamodb(): string {
    return this.#peer.endpoint;
  }

  /** Everything but the stores ends at once, and is started again. */
  async crash(): Promise<void> {
    await this.#peer.crash();
    await this.#peer.restart();
  }

  async stop(): Promise<void> {
    this.issuer.close();
    await Promise.all([this.recorder.close(), this.#unheld.close()]);
    await this.#peer.stop();
    await rm(this.#folder, { recursive: true, force: true });
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

  /** Where the API is, without a name of its own in DNS. */
  urlOf(path: string): URL {
    const api = this.graph.resources.find(({ type }) => type === 'aws:apigatewayv2/api:Api');
    return new URL(`${this.#peer.endpoint}/_aws/execute-api/${api?.id}/$default${path}`);
  }

  /** With a token as a person sends it; without one it is signed, as a machine does. */
  async send<Name extends EndpointName>(
    name: Name,
    input: EndpointInput<Name>,
    token?: string,
    key?: string,
  ): Promise<Answer<unknown>> {
    const { method, path, body } = apiRequest(name, input);
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    };
    const request = { method, headers, ...(body === undefined ? {} : { body }) };
    const response = await (token === undefined
      ? signedFetch(this.urlOf(`/machine${path}`), request)
      : fetch(this.urlOf(path), request));
    return { status: response.status, body: (await response.json()) as unknown };
  }

  poll<Name extends EndpointName>(name: Name, input: EndpointInput<Name>, etag?: string): Promise<Polled<Name>> {
    const { path } = apiRequest(name, input);
    const authorization = `Bearer ${this.token}`;
    return pollWith((headers) => fetch(this.urlOf(path), { headers: { authorization, ...headers } }), etag);
  }

  /** A token of a guest who has these roles. */
  tokenOf(...roles: readonly string[]): Promise<string> {
    return this.issuer.token('guest', ...roles);
  }

  /** Calls the live version of a function, as what triggers it would. */
  invoke(name: string, event: unknown): Promise<unknown> {
    return callFunction(this, name, event as object);
  }

  /** Names of Slipway's own tables. */
  get tables(): readonly string[] {
    return this.graph.resources.flatMap(({ type, inputs }) =>
      type === 'aws:dynamodb/table:Table' ? String(inputs['name']) : [],
    );
  }

  async startRun(plan: PlanInput, options: Partial<EndpointInput<'start-run'>> = {}): Promise<string> {
    const answer = await this.call('start-run', { ...this.source(plan), ...options });
    if (answer.dryRun) throw new Error('It was a dry run.');
    return answer.run.id;
  }

  source(plan: PlanInput) {
    return { plan: { text: JSON.stringify(plan), file: 'plan.json' } };
  }

  async until(runId: string, wanted: (run: RunView) => boolean): Promise<RunView> {
    for (;;) {
      const run = await this.call('get-run', { runId });
      if (wanted(run)) return run;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  ended(runId: string): Promise<RunView> {
    return this.until(runId, ({ resting }) => resting);
  }

  async ledger(): Promise<string[]> {
    const text = await readFile(join(this.#folder, 'plan', 'ledger.txt'), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  async alarms(runId: string): Promise<string[]> {
    const { MetricAlarms = [] } = await this.clients.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: 'slipway-guardrail' }),
    );
    return MetricAlarms.map(({ AlarmName = '' }) => AlarmName).filter((name) => name.includes(runId));
  }

  async put(name: string, text = ''): Promise<void> {
    await writeFile(join(this.#folder, 'plan', name), text);
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#folder, 'plan', name), { force: true });
  }

  /** Forgets what earlier scenarios left: their ledger, and the tables of their data. */
  async clear(): Promise<void> {
    const { TableNames = [] } = await this.clients.dynamo.send(new ListTablesCommand({}));
    for (const TableName of TableNames.filter((name) => !FUNCTION.test(`${name}-`))) {
      await this.clients.dynamo.send(new DeleteTableCommand({ TableName }));
    }
    await rm(join(this.#folder, 'plan'), { recursive: true, force: true });
    await mkdir(join(this.#folder, 'plan'), { recursive: true });
  }
}
