import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunctions } from '../../../infra/bundle.ts';
import { bundleFolder } from '../../../infra/program.ts';
import { evaluateGraph } from '../../../local/graph/evaluate-graph.ts';
import type { ResourceGraph } from '../../../local/graph/resource-graph.ts';
import type { EndpointInput, EndpointName, EndpointOutput } from '../../../shared/api/endpoints.ts';
import type { ProblemDetail } from '../../../shared/api/problem-detail.ts';
import type { RunView } from '../../../shared/api/run-view.ts';
import type { PlanInput } from '../../../shared/plan/plan.ts';
import { apiRequest } from '../../scenarios/api-request.ts';
import type { ScenarioPlane } from '../../scenarios/bed.ts';
import { type Clients, clientsOf } from './clients.ts';
import { zipped } from './code.ts';
import { deploy } from './deploy.ts';
import { inDialect } from './dialect.ts';
import { MiniStack } from './ministack.ts';
import { signedFetch } from './signed-fetch.ts';
import { deployUserFunctions, USER_FUNCTIONS } from './user-functions.ts';

const ENVIRONMENT = 'test';
/** Tables of the scenarios and of the cities example. */
const DATA_TABLES = ['places*', 'cities'];

/** The control plane that the Pulumi program describes, deployed on MiniStack. */
export class PeerPlane implements ScenarioPlane {
  readonly clients: Clients;
  readonly graph: ResourceGraph;
  readonly #folder: string;
  readonly #peer: MiniStack;

  private constructor(folder: string, peer: MiniStack, graph: ResourceGraph) {
    this.#folder = folder;
    this.#peer = peer;
    this.graph = graph;
    this.clients = clientsOf(peer.endpoint);
  }

  static async deploy(): Promise<PeerPlane> {
    const config = { dataTables: DATA_TABLES, taskFunctions: [`${USER_FUNCTIONS}*`] };
    const graph = await evaluateGraph({ environment: ENVIRONMENT, config });
    await bundleFunctions();
    const folder = await mkdtemp(join(tmpdir(), 'slipway-peer-'));
    const plane = new PeerPlane(folder, await MiniStack.start(join(folder, 'peer')), graph);
    await plane.clear();
    await deploy(graph, {
      clients: plane.clients,
      ids: new Map(),
      code: (name) => zipped(bundleFolder(name.replace(`slipway-${ENVIRONMENT}-`, ''))),
      environment: (variables) => ({ ...variables }),
      definition: (asl) => inDialect(asl).definition,
    });
    await deployUserFunctions(plane.clients, folder);
    return plane;
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
    await this.#peer.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async call<Name extends EndpointName>(name: Name, input: EndpointInput<Name>): Promise<EndpointOutput<Name>> {
    const { status, body } = await this.#send(name, input);
    if (status !== 200) throw new Error(`${name} answered ${status}: ${JSON.stringify(body)}`);
    return body as EndpointOutput<Name>;
  }

  async refused<Name extends EndpointName>(name: Name, input: EndpointInput<Name>): Promise<ProblemDetail> {
    const { status, body } = await this.#send(name, input);
    if (status === 200) throw new Error(`${name} was not refused: ${JSON.stringify(body)}`);
    return body as ProblemDetail;
  }

  async #send<Name extends EndpointName>(name: Name, input: EndpointInput<Name>) {
    const { method, path, body } = apiRequest(name, input);
    const api = this.graph.resources.find(({ type }) => type === 'aws:apigatewayv2/api:Api');
    const url = new URL(`${this.#peer.endpoint}/_aws/execute-api/${api?.id}/$default${path}`);
    const response = await signedFetch(url, method, body);
    return { status: response.status, body: (await response.json()) as unknown };
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

  async put(name: string, text = ''): Promise<void> {
    await writeFile(join(this.#folder, 'plan', name), text);
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#folder, 'plan', name), { force: true });
  }

  /** Forgets what the tasks of earlier scenarios left. */
  async clear(): Promise<void> {
    await rm(join(this.#folder, 'plan'), { recursive: true, force: true });
    await mkdir(join(this.#folder, 'plan'), { recursive: true });
  }
}
